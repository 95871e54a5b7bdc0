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
})
