import type { AddressEntry, AddressRule } from '../../api/types'
import type { Text } from '../../text/text'

// a type, not an interface: only a type counts as a record of values
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
export type EntryValues = {
  verdict: string
  network: string
  name: string
  reason: string
  endsAt: string
}

export const VERDICTS = ['deny', 'allow'] as const

export const NEW_ENTRY: EntryValues = { verdict: 'deny', network: '', name: '', reason: '', endsAt: '' }

export function toEntryValues(entry: AddressEntry): EntryValues {
  const { verdict, network, name, reason } = entry
  return { verdict, network, name, reason, endsAt: entry.endsAt === null ? '' : toLocalInput(entry.endsAt) }
}

export function toAddressRule(values: EntryValues): AddressRule {
  return {
    verdict: VERDICTS.find((verdict) => verdict === values.verdict) ?? 'deny',
    network: values.network.trim(),
    name: values.name.trim(),
    reason: values.reason.trim(),
    endsAt: values.endsAt === '' ? null : new Date(values.endsAt).toISOString(),
  }
}

export function checkEntry(text: Text, values: EntryValues, nowMs: number): Partial<Record<keyof EntryValues, string>> {
  return {
    ...(!/^[\da-f.:]+(\/\d{1,3})?$/i.test(values.network.trim()) && { network: text('check.network') }),
    ...(values.name.trim() === '' && { name: text('kit.required') }),
    ...(values.reason.trim().length < 3 && { reason: text('users.reasonShort') }),
    ...(values.endsAt !== '' && !(Date.parse(values.endsAt) > nowMs) && { endsAt: text('check.future') }),
  }
}

/** A moment as the browser's field for date and time takes it: local, without a zone. */
export function toLocalInput(at: string): string {
  const moment = new Date(at)
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 16)
}
