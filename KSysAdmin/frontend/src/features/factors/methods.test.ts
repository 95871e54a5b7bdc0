import { expect, test } from 'vitest'
import { methodsOf, usableMethods } from './methods'

test('what is hardest to phish is offered first, a recovery code last', () => {
  expect(usableMethods(['recoveryCode', 'totp', 'passkey'], true)).toEqual(['passkey', 'totp', 'recoveryCode'])
})

test('a browser without passkeys is not asked for one, and an unknown method is left out', () => {
  expect(usableMethods(['passkey', 'totp', 'carrierPigeon'], false)).toEqual(['totp'])
})

test('only what there is can be shown', () => {
  expect(methodsOf({ totp: true, passkeys: 0, recoveryCodesLeft: 10 })).toEqual(['totp', 'recoveryCode'])
  expect(methodsOf({ totp: false, passkeys: 2, recoveryCodesLeft: 0 })).toEqual(['passkey'])
})
