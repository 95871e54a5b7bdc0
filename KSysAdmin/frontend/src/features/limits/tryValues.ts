import type { RateLimitPolicy, ReplayInput, SimulateInput } from '../../api/types'
import type { Text } from '../../text/text'
import { isCount, toRule, toValues } from './limitRule'

// a type, not an interface: only a type counts as a record of values
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
export type TryValues = {
  source: string
  method: string
  path: string
  address: string
  user: string
  apiKey: string
  ratePerSecond: string
  seconds: string
  policyId: string
  change: string
  limit: string
  windowSeconds: string
}

export const SOURCES = ['requests', 'log'] as const
export const CHANGES = ['replace', 'remove'] as const
export const REQUEST_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

const MOST_REQUESTS = 100_000
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

export const FIRST_TRY: TryValues = {
  source: 'requests',
  method: 'POST',
  path: '/api/auth/login',
  address: '203.0.113.7',
  user: '',
  apiKey: '',
  ratePerSecond: '1',
  seconds: '60',
  policyId: '',
  change: 'replace',
  limit: '',
  windowSeconds: '',
}

export function toSimulateInput(values: TryValues, policies: readonly RateLimitPolicy[]): SimulateInput {
  return {
    method: REQUEST_METHODS.find((method) => method === values.method) ?? 'GET',
    path: values.path.trim(),
    caller: {
      address: values.address.trim(),
      ...(values.user.trim() !== '' && { user: values.user.trim() }),
      ...(values.apiKey.trim() !== '' && { apiKey: values.apiKey.trim() }),
    },
    ratePerSecond: Number.parseFloat(values.ratePerSecond),
    seconds: Number.parseInt(values.seconds, 10),
    ...toChanges(values, policies),
  }
}

/** What would be different from the limits in force. */
export function toChanges(values: TryValues, policies: readonly RateLimitPolicy[]): ReplayInput {
  const policy = policies.find(({ id }) => id === values.policyId)
  if (policy === undefined) return {}
  if (values.change === 'remove') return { removedPolicies: [policy.id] }
  const { limit, windowSeconds } = values
  return { changedPolicies: [{ ...toRule({ ...toValues(policy), limit, windowSeconds }), id: policy.id }] }
}

export function checkTry(text: Text, values: TryValues): Partial<Record<keyof TryValues, string>> {
  return { ...(values.source === 'requests' && checkTraffic(text, values)), ...checkChange(text, values) }
}

function checkTraffic(text: Text, values: TryValues): Partial<Record<keyof TryValues, string>> {
  const rate = Number.parseFloat(values.ratePerSecond)
  const isRate = /^\d+(\.\d+)?$/.test(values.ratePerSecond) && rate > 0
  return {
    ...(!/^\/[^?#\s]*$/.test(values.path.trim()) && { path: text('check.path') }),
    ...(!/^[\da-f.:]{2,45}$/i.test(values.address.trim()) && { address: text('check.address') }),
    ...(!isIdOrNothing(values.user) && { user: text('check.id') }),
    ...(!isIdOrNothing(values.apiKey) && { apiKey: text('check.id') }),
    ...(!isRate && { ratePerSecond: text('check.rate') }),
    ...(!isCount(values.seconds) && { seconds: text('check.number') }),
    ...(isRate && rate * Number.parseInt(values.seconds, 10) > MOST_REQUESTS && { seconds: text('check.requests', { most: MOST_REQUESTS }) }),
  }
}

function checkChange(text: Text, values: TryValues): Partial<Record<keyof TryValues, string>> {
  if (values.policyId === '' || values.change === 'remove') return {}
  return {
    ...(!isCount(values.limit) && { limit: text('check.number') }),
    ...(!isCount(values.windowSeconds) && { windowSeconds: text('check.number') }),
  }
}

function isIdOrNothing(typed: string): boolean {
  return typed.trim() === '' || UUID.test(typed.trim())
}
