import { expect, test } from 'vitest'
import type { Text } from '../text/text'
import { checkCode, checkEmail } from './checks'

const text: Text = (key) => key

test('addresses and codes are looked at before they are sent', () => {
  expect(checkEmail(text, ' sari@example.com ')).toBeUndefined()
  expect(checkEmail(text, 'sari')).toBe('check.email')
  expect(checkCode(text, '012345')).toBeUndefined()
  expect(checkCode(text, '12345')).toBe('check.code')
})
