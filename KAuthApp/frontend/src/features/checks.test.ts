import { expect, test } from 'vitest'
import type { Text } from '../text/text'
import { checkCode, checkEmail, checkNewPassword, passwordLength } from './checks'

const text: Text = (key) => key
const policy = { minLength: 15, maxLength: 128 }

test('a password counts composed characters, as the server does', () => {
  expect(passwordLength('e\u0301')).toBe(1)
  expect(passwordLength('😀😀')).toBe(2)
})

test('a password has 15 to 128 characters, of any kind', () => {
  expect(checkNewPassword(text, 'a'.repeat(14), policy)).toBe('check.passwordShort')
  expect(checkNewPassword(text, '😀'.repeat(15), policy)).toBeUndefined()
  expect(checkNewPassword(text, 'a'.repeat(129), policy)).toBe('check.passwordLong')
})

test('addresses and codes are looked at before they are sent', () => {
  expect(checkEmail(text, ' sari@example.com ')).toBeUndefined()
  expect(checkEmail(text, 'sari')).toBe('check.email')
  expect(checkCode(text, '012345')).toBeUndefined()
  expect(checkCode(text, '12345')).toBe('check.code')
})
