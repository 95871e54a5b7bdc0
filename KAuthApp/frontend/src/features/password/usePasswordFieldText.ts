import { useOptionalText } from '@k/ui'
import { useCallback } from 'react'
import { reasonKey } from './reasons'

/** The sentence at a field that the server refused; for a password that is too easy to guess, why it is. */
export function usePasswordFieldText(): (code: string | undefined, field: string, message: string | undefined) => string | undefined {
  const text = useOptionalText()
  return useCallback((code, _, message) => text(code === 'auth.passwordCompromised' ? reasonKey(message) : `problem.${code ?? ''}`), [text])
}
