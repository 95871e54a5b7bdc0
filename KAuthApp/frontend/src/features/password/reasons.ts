import type { TextKey } from '../../text/text'

// as the server and its estimator of guesses (zxcvbn) say them; there is no code for them
const REASONS: readonly (readonly [RegExp, TextKey])[] = [
  [/own name or address/, 'password.ownWords'],
  [/on the lists|top-10|common(ly used)? password/, 'password.listed'],
  [/rows of keys|keyboard patterns|^Sequences/, 'password.sequence'],
  [/^Repeats/, 'password.repetition'],
  [/years|^Dates/, 'password.dates'],
  [/names and surnames/i, 'password.names'],
]

/** The sentence for why the server found a password too easy to guess. */
export function reasonKey(serverSays: string | undefined): TextKey {
  return REASONS.find(([pattern]) => pattern.test(serverSays ?? ''))?.[1] ?? 'problem.auth.passwordCompromised'
}
