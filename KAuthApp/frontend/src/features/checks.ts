import type { Text } from '../text/text'
import type { PasswordPolicy } from '../api/types'

/** The sentence to show, or undefined when all is well. The servers check again and have the last word. */
export function checkEmail(text: Text, email: string): string | undefined {
  return /^\S+@\S+\.\S+$|^\S+@localhost$/.test(email.trim()) ? undefined : text('check.email')
}

export function checkCode(text: Text, code: string): string | undefined {
  return /^\d{6}$/.test(code) ? undefined : text('check.code')
}

export function checkNewPassword(text: Text, password: string, policy: PasswordPolicy): string | undefined {
  const length = passwordLength(password)
  if (length < policy.minLength) return text('check.passwordShort', { count: policy.minLength })
  return length > policy.maxLength ? text('check.passwordLong', { count: policy.maxLength }) : undefined
}

/** As the server counts: one code point of the composed form is one character. */
export function passwordLength(password: string): number {
  return Array.from(password.normalize('NFC')).length
}

/** Leaves out what is fine. */
export function onlyProblems<Name extends string>(found: Record<Name, string | undefined>): Partial<Record<Name, string>> {
  return Object.fromEntries(Object.entries(found).filter(([, sentence]) => sentence !== undefined)) as Partial<Record<Name, string>>
}
