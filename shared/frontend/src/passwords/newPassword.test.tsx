import { renderHook } from '@testing-library/react'
import { expect, test } from 'vitest'
import { I18nProvider } from '../i18n/i18n'
import { passwordLength, useNewPasswordCheck, USUAL_LENGTHS } from './newPassword'

test('a password counts composed characters, as the server does', () => {
  expect(passwordLength('e\u0301')).toBe(1)
  expect(passwordLength('😀😀')).toBe(2)
})

test('a password has 15 to 128 characters, of any kind', () => {
  const { result } = renderHook(() => useNewPasswordCheck(USUAL_LENGTHS), {
    wrapper: ({ children }) => (
      <I18nProvider catalog={{ en: {}, id: {} }} locale="en">
        {children}
      </I18nProvider>
    ),
  })
  expect(result.current('a'.repeat(14))).toBe('At least 15 characters')
  expect(result.current('😀'.repeat(15))).toBeUndefined()
  expect(result.current('a'.repeat(129))).toBe('At most 128 characters')
})
