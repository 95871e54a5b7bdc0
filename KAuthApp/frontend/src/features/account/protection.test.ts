import { expect, test } from 'vitest'
import { areCodesFew, hasSecondFactor, protectionOf } from './protection'

const mfa = (more: Partial<Parameters<typeof protectionOf>[0]> = {}) => ({ totp: false, passkeys: 0, recoveryCodesLeft: 0, ...more })

test('a passkey protects better than a typed code, and a password alone is the least', () => {
  expect([mfa({ passkeys: 1 }), mfa({ totp: true }), mfa()].map(protectionOf)).toEqual(['best', 'good', 'basic'])
})

test('codes run out only where they are needed', () => {
  expect(hasSecondFactor(mfa())).toBe(false)
  expect(areCodesFew(mfa())).toBe(false)
  expect(areCodesFew(mfa({ totp: true, recoveryCodesLeft: 3 }))).toBe(true)
  expect(areCodesFew(mfa({ totp: true, recoveryCodesLeft: 4 }))).toBe(false)
})
