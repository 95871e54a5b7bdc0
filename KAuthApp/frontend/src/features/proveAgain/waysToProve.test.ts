import { expect, test } from 'vitest'
import { waysToProve } from './waysToProve'

test('without a second factor it is the password', () => {
  expect(waysToProve({ totp: false, passkeys: 0, recoveryCodesLeft: 0 })).toEqual(['password'])
})

test('with one the password is not enough', () => {
  expect(waysToProve({ totp: true, passkeys: 0, recoveryCodesLeft: 9 })).toEqual(['totp', 'recoveryCode'])
  expect(waysToProve({ totp: true, passkeys: 2, recoveryCodesLeft: 0 })).toEqual(['passkey', 'totp'])
})
