import { useCallback } from 'react'
import { useOptionalText } from '../i18n/i18n'
import { usePasswordText } from './passwordText'
import { reasonKey } from './reasons'

/** The sentence at a field that the server refused; for a password that is too easy to guess, why it is. */
export function usePasswordFieldText(): (code: string | undefined, field: string, message: string | undefined) => string | undefined {
  const text = useOptionalText()
  const passwordText = usePasswordText()
  return useCallback(
    (code, _, message) => {
      const reason = code === 'auth.passwordCompromised' ? reasonKey(message) : undefined
      return reason === undefined ? text(`problem.${code ?? ''}`) : passwordText(reason)
    },
    [text, passwordText],
  )
}
