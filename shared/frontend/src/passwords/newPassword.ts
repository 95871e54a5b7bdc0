import { useCallback } from 'react'
import { usePasswordText } from './passwordText'

/** How long a password has to be; the server says it. */
export interface PasswordLengths {
  minLength: number
  maxLength: number
}

/** What holds until a server has told its setting, and when it cannot. */
export const USUAL_LENGTHS: PasswordLengths = { minLength: 15, maxLength: 128 }

/** As the server counts: one code point of the composed form is one character. */
export function passwordLength(password: string): number {
  return Array.from(password.normalize('NFC')).length
}

/** The sentence to show at a new password, or undefined when its length is right. The server has the last word. */
export function useNewPasswordCheck({ minLength, maxLength }: PasswordLengths): (password: string) => string | undefined {
  const text = usePasswordText()
  return useCallback(
    (password) => {
      const length = passwordLength(password)
      if (length < minLength) return text('password.short', { min: minLength })
      return length > maxLength ? text('password.long', { max: maxLength }) : undefined
    },
    [text, minLength, maxLength],
  )
}
