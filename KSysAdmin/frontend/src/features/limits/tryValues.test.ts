import { expect, test } from 'vitest'
import type { RateLimitPolicy } from '../../api/types'
import type { Text } from '../../text/text'
import { checkTry, FIRST_TRY, toChanges, toSimulateInput } from './tryValues'

const text: Text = (key) => key
const id = '01990000-0000-7000-8000-000000000401'
const rule = {
  name: 'Sign-in',
  method: 'POST',
  path: '/api/auth/login',
  match: 'exact',
  scope: 'ip',
  limit: 10,
  windowSeconds: 60,
  burst: null,
  mode: 'enforce',
  enabled: true,
  kind: 'rate',
  cost: 1,
  leased: null,
} as const
const policy: RateLimitPolicy = { ...rule, id, createdAt: '2026-11-21T12:00:00Z', updatedAt: '2026-11-21T12:00:00Z' }
const chosen = { ...FIRST_TRY, policyId: policy.id, limit: '3', windowSeconds: '30' }

test('what is offered first can be sent as it is, against the limits in force', () => {
  expect(checkTry(text, FIRST_TRY)).toEqual({})
  expect(toSimulateInput(FIRST_TRY, [policy])).toEqual({
    method: 'POST',
    path: '/api/auth/login',
    caller: { address: '203.0.113.7' },
    ratePerSecond: 1,
    seconds: 60,
  })
})

test('a changed limit is sent whole, one that is left out by its id', () => {
  expect(toChanges(chosen, [policy])).toEqual({ changedPolicies: [{ ...rule, id, limit: 3, windowSeconds: 30 }] })
  expect(toChanges({ ...chosen, change: 'remove' }, [policy])).toEqual({ removedPolicies: [id] })
})

test('what is wrong is said at its field', () => {
  const wrong = { ...chosen, path: 'api', address: 'nowhere', user: 'me', ratePerSecond: '0', seconds: '', limit: '' }
  expect(checkTry(text, wrong)).toEqual({
    path: 'check.path',
    address: 'check.address',
    user: 'check.id',
    ratePerSecond: 'check.rate',
    seconds: 'check.number',
    limit: 'check.number',
  })
  expect(checkTry(text, { ...FIRST_TRY, ratePerSecond: '2000' })).toEqual({ seconds: 'check.requests' })
  expect(checkTry(text, { ...wrong, source: 'log', limit: '3' })).toEqual({})
})
