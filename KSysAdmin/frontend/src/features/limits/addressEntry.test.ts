import { expect, test } from 'vitest'
import type { Text } from '../../text/text'
import { checkEntry, NEW_ENTRY, toAddressRule, toLocalInput } from './addressEntry'

const text: Text = (key) => key
const filled = { ...NEW_ENTRY, network: ' 203.0.113.0/24 ', name: 'Noise', reason: 'Scans us' }
const NOW = Date.parse('2026-11-21T12:00:00Z')

test('a filled form is a rule; an empty end is none', () => {
  expect(checkEntry(text, filled, NOW)).toEqual({})
  expect(toAddressRule(filled)).toEqual({ verdict: 'deny', network: '203.0.113.0/24', name: 'Noise', reason: 'Scans us', endsAt: null })
})

test('the end is typed in local time, sent as a moment, and shown as it was typed', () => {
  const { endsAt } = toAddressRule({ ...filled, endsAt: '2026-12-01T08:30' })
  expect(endsAt).toBe(new Date('2026-12-01T08:30').toISOString())
  expect(toLocalInput(endsAt ?? '')).toBe('2026-12-01T08:30')
})

test('what is wrong is said at its field', () => {
  expect(checkEntry(text, { ...NEW_ENTRY, network: 'example.com', reason: 'no', endsAt: '2020-01-01T00:00' }, NOW)).toEqual({
    network: 'check.network',
    name: 'kit.required',
    reason: 'users.reasonShort',
    endsAt: 'check.future',
  })
})
