import type { RateLimitPolicy, RateLimitRule } from '../../api/types'
import type { Text } from '../../text/text'

// a type, not an interface: only a type counts as a record of values
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
export type LimitValues = {
  name: string
  method: string
  path: string
  match: string
  scope: string
  limit: string
  windowSeconds: string
  burst: string
  mode: string
  enabled: boolean
}

export const METHODS = ['*', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export const MATCHES = ['exact', 'prefix'] as const
export const SCOPES = ['ip', 'user', 'apiKey', 'global'] as const
export const MODES = ['enforce', 'shadow'] as const

export const NEW_LIMIT: LimitValues = {
  name: '',
  method: '*',
  path: '/api/',
  match: 'prefix',
  scope: 'ip',
  limit: '60',
  windowSeconds: '60',
  burst: '',
  mode: 'enforce',
  enabled: true,
}

export function toValues(policy: RateLimitPolicy): LimitValues {
  return {
    name: policy.name,
    method: policy.method,
    path: policy.path,
    match: policy.match,
    scope: policy.scope,
    limit: String(policy.limit),
    windowSeconds: String(policy.windowSeconds),
    burst: policy.burst === null ? '' : String(policy.burst),
    mode: policy.mode,
    enabled: policy.enabled,
  }
}

export function toRule(values: LimitValues): RateLimitRule {
  return {
    name: values.name.trim(),
    method: METHODS.find((method) => method === values.method) ?? '*',
    path: values.path.trim(),
    match: MATCHES.find((match) => match === values.match) ?? 'exact',
    scope: SCOPES.find((scope) => scope === values.scope) ?? 'ip',
    limit: Number.parseInt(values.limit, 10),
    windowSeconds: Number.parseInt(values.windowSeconds, 10),
    burst: values.burst === '' ? null : Number.parseInt(values.burst, 10),
    mode: MODES.find((mode) => mode === values.mode) ?? 'enforce',
    enabled: values.enabled,
  }
}

export function checkLimit(text: Text, values: LimitValues): Partial<Record<keyof LimitValues, string>> {
  return {
    ...(values.name.trim() === '' && { name: text('kit.required') }),
    ...(!values.path.trim().startsWith('/') && { path: text('check.path') }),
    ...(!isCount(values.limit) && { limit: text('check.number') }),
    ...(!isCount(values.windowSeconds) && { windowSeconds: text('check.number') }),
    ...checkBurst(text, values),
  }
}

function checkBurst(text: Text, values: LimitValues): { burst?: string } {
  if (values.burst === '') return {}
  if (!isCount(values.burst)) return { burst: text('check.number') }
  return Number.parseInt(values.burst, 10) > Number.parseInt(values.limit, 10) ? { burst: text('check.burst') } : {}
}

function isCount(typed: string): boolean {
  return /^[1-9]\d{0,7}$/.test(typed)
}
