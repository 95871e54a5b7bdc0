import type { Text } from '../text/text'

/** The sentence to show, or undefined when all is well. The servers check again and have the last word. */
export function checkEmail(text: Text, email: string): string | undefined {
  return isEmail(email) ? undefined : text('check.email')
}

export function isEmail(email: string): boolean {
  return /^\S+@\S+\.\S+$|^\S+@localhost$/.test(email.trim())
}

export function checkCode(text: Text, code: string): string | undefined {
  return /^\d{6}$/.test(code) ? undefined : text('check.code')
}

/** Leaves out what is fine. */
export function onlyProblems<Name extends string>(found: Record<Name, string | undefined>): Partial<Record<Name, string>> {
  return Object.fromEntries(Object.entries(found).filter(([, sentence]) => sentence !== undefined)) as Partial<Record<Name, string>>
}
