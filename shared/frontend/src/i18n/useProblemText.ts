import { useCallback } from 'react'
import { hasCode, ProblemError } from '../api/problem'
import { useOptionalText } from './i18n'
import type { KitKey } from './kitText'

const BY_STATUS: Readonly<Record<number, KitKey>> = {
  401: 'problem.unauthenticated',
  403: 'problem.forbidden',
  404: 'problem.notFound',
  422: 'problem.validation',
  429: 'problem.tooMany',
  502: 'problem.unavailable',
  503: 'problem.unavailable',
  504: 'problem.unavailable',
}

/** A refusal as a sentence in the reader's language: by its code, else by its kind. */
export function useProblemText(): (error: unknown) => string {
  const text = useOptionalText()
  return useCallback(
    (error: unknown) => {
      if (!(error instanceof ProblemError)) return text('problem.other') ?? ''
      const byCode = text(`problem.${error.code}`, { seconds: error.retryAfterSeconds ?? 60 })
      return byCode ?? text(BY_STATUS[error.status] ?? 'problem.other') ?? error.message
    },
    [text],
  )
}

/** The same for what could not be loaded: there an address that the server finds malformed is one where nothing is. */
export function useLoadProblemText(): (error: unknown) => string {
  const text = useOptionalText()
  const problemText = useProblemText()
  return useCallback(
    (error: unknown) => (hasCode(error, 'request.invalid') ? (text('problem.notFound') ?? error.message) : problemText(error)),
    [text, problemText],
  )
}
