import type { Setting } from '../../api/types'
import type { SettingValue } from './settingQueries'

export type SettingKind = 'list' | 'number' | 'boolean' | 'text'

/** How a setting is edited, from the JSON schema its server gives. */
export function kindOf(setting: Pick<Setting, 'valueSchema'>): SettingKind {
  switch (setting.valueSchema.type) {
    case 'array':
      return 'list'
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'boolean'
    default:
      return 'text'
  }
}

export function toTyped(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join('\n')
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

/** What was typed as the server wants it; undefined when it is not a number where one is needed. */
export function fromTyped(kind: SettingKind, typed: string): SettingValue | undefined {
  switch (kind) {
    case 'list':
      return typed
        .split(/[\n,]/)
        .map((line) => line.trim())
        .filter((line) => line !== '')
    case 'number':
      return /^-?\d+$/.test(typed.trim()) ? Number.parseInt(typed, 10) : undefined
    case 'boolean':
      return typed === 'true'
    case 'text':
      return typed
  }
}
