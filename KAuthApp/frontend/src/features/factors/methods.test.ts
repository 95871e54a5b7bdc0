import { expect, test } from 'vitest'
import { usableMethods } from './methods'

test('what is hardest to phish is offered first, a recovery code last', () => {
  expect(usableMethods(['recoveryCode', 'totp', 'passkey'], true)).toEqual(['passkey', 'totp', 'recoveryCode'])
})

test('a browser without passkeys is not asked for one, and an unknown method is left out', () => {
  expect(usableMethods(['passkey', 'totp', 'carrierPigeon'], false)).toEqual(['totp'])
})
