import { expect, test } from 'vitest'
import { expiresAt } from './scopes'

const NOW = Date.parse('2026-11-21T07:00:00Z')

test('a key ends after whole days, or never', () => {
  expect(expiresAt('90', NOW)).toBe('2027-02-19T07:00:00.000Z')
  expect(expiresAt('never', NOW)).toBeNull()
})
