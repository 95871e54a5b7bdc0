import { expect, test } from 'vitest'
import type { Text } from '../../text/text'
import { checkLimit, NEW_LIMIT, toRule } from './limitRule'

const text: Text = (key) => key
const filled = { ...NEW_LIMIT, name: 'Sign-in' }

test('a filled form is a rule; an empty burst is none', () => {
  expect(checkLimit(text, filled)).toEqual({})
  expect(toRule(filled)).toEqual({
    name: 'Sign-in',
    method: '*',
    path: '/api/',
    match: 'prefix',
    scope: 'ip',
    limit: 60,
    windowSeconds: 60,
    burst: null,
    mode: 'enforce',
    enabled: true,
    kind: 'rate',
    cost: 1,
    leased: null,
  })
})

test('what is wrong is said at its field', () => {
  expect(checkLimit(text, { ...filled, name: ' ', path: 'api', limit: '0', windowSeconds: '' })).toEqual({
    name: 'kit.required',
    path: 'check.path',
    limit: 'check.number',
    windowSeconds: 'check.number',
  })
  expect(checkLimit(text, { ...filled, burst: '61' })).toEqual({ burst: 'check.burst' })
  expect(checkLimit(text, { ...filled, burst: '5', cost: '6' })).toEqual({ cost: 'check.burst' })
  expect(checkLimit(text, { ...filled, leased: 'yes' })).toEqual({ leased: 'check.lease' })
  expect(checkLimit(text, { ...filled, leased: 'yes', limit: '10000' })).toEqual({})
})

test('a limit of requests under way has neither burst nor cost nor lease, whatever was typed before', () => {
  const values = { ...filled, kind: 'concurrency', burst: '99', cost: '7', leased: 'yes' }
  expect(checkLimit(text, values)).toEqual({})
  expect(toRule(values)).toMatchObject({ kind: 'concurrency', burst: null, cost: 1, leased: null })
  expect(checkLimit(text, { ...values, limit: '10001', windowSeconds: '3601' })).toEqual({ limit: 'check.atMost', windowSeconds: 'check.atMost' })
})
