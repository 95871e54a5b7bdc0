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
  kind: string
  cost: string
  leased: string
}

type Errors = Partial<Record<keyof LimitValues, string>>

export const METHODS = ['*', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export const MATCHES = ['exact', 'prefix'] as const
export const SCOPES = ['ip', 'user', 'apiKey', 'global'] as const
export const MODES = ['enforce', 'shadow'] as const
export const KINDS = ['rate', 'concurrency'] as const
/** Whether tokens are taken ahead: as the limit is large, always, never. */
export const LEASES = ['auto', 'yes', 'no'] as const

const SMALLEST_LEASED = 10_000
const MOST_AT_ONCE = 10_000
const LONGEST_PLACE = 3_600

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
  kind: 'rate',
  cost: '1',
  leased: 'auto',
}

/** What is typed into a field for a whole number. */
export function digits(typed: string): string {
  return typed.replace(/\D/g, '')
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
    kind: policy.kind,
    cost: String(policy.cost),
    leased: policy.leased === null ? 'auto' : policy.leased ? 'yes' : 'no',
  }
}

export function toRule(values: LimitValues): RateLimitRule {
  const isRate = values.kind !== 'concurrency'
  return {
    name: values.name.trim(),
    method: METHODS.find((method) => method === values.method) ?? '*',
    path: values.path.trim(),
    match: MATCHES.find((match) => match === values.match) ?? 'exact',
    scope: SCOPES.find((scope) => scope === values.scope) ?? 'ip',
    limit: Number.parseInt(values.limit, 10),
    windowSeconds: Number.parseInt(values.windowSeconds, 10),
    burst: values.burst === '' || !isRate ? null : Number.parseInt(values.burst, 10),
    mode: MODES.find((mode) => mode === values.mode) ?? 'enforce',
    enabled: values.enabled,
    kind: isRate ? 'rate' : 'concurrency',
    cost: isRate ? Number.parseInt(values.cost, 10) : 1,
    leased: values.leased === 'auto' || !isRate ? null : values.leased === 'yes',
  }
}

export function checkLimit(text: Text, values: LimitValues): Errors {
  return {
    ...(values.name.trim() === '' && { name: text('kit.required') }),
    ...(!values.path.trim().startsWith('/') && { path: text('check.path') }),
    ...(!isCount(values.limit) && { limit: text('check.number') }),
    ...(!isCount(values.windowSeconds) && { windowSeconds: text('check.number') }),
    ...(values.kind === 'concurrency' ? checkConcurrency(text, values) : checkRate(text, values)),
  }
}

function checkConcurrency(text: Text, values: LimitValues): Errors {
  return {
    ...(isMore(values.limit, MOST_AT_ONCE) && { limit: text('check.atMost', { most: MOST_AT_ONCE }) }),
    ...(isMore(values.windowSeconds, LONGEST_PLACE) && { windowSeconds: text('check.atMost', { most: LONGEST_PLACE }) }),
  }
}

function checkRate(text: Text, values: LimitValues): Errors {
  return { ...checkBurst(text, values), ...checkCost(text, values), ...checkLease(text, values) }
}

function checkCost(text: Text, values: LimitValues): Errors {
  if (!isCount(values.cost)) return { cost: text('check.number') }
  const atOnce = values.burst === '' ? values.limit : values.burst
  return isCount(atOnce) && isMore(values.cost, Number.parseInt(atOnce, 10)) ? { cost: text('check.burst') } : {}
}

function checkLease(text: Text, values: LimitValues): Errors {
  const isPossible = values.burst === '' && isMore(values.limit, SMALLEST_LEASED - 1)
  return values.leased === 'yes' && !isPossible ? { leased: text('check.lease') } : {}
}

function isMore(typed: string, most: number): boolean {
  return isCount(typed) && Number.parseInt(typed, 10) > most
}

function checkBurst(text: Text, values: LimitValues): Errors {
  if (values.burst === '') return {}
  if (!isCount(values.burst)) return { burst: text('check.number') }
  return Number.parseInt(values.burst, 10) > Number.parseInt(values.limit, 10) ? { burst: text('check.burst') } : {}
}

export function isCount(typed: string): boolean {
  return /^[1-9]\d{0,7}$/.test(typed)
}
