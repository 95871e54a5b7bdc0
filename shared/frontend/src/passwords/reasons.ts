import type { PasswordKey } from './passwordText'

// as the server and its estimator of guesses (zxcvbn) say them; there is no code for them
const REASONS: readonly (readonly [RegExp, PasswordKey])[] = [
  [/own name or address/, 'password.ownWords'],
  [/on the lists|top-10|common(ly used)? password/, 'password.listed'],
  [/rows of keys|keyboard patterns|\bSequences/, 'password.sequence'],
  [/\bRepeats/, 'password.repetition'],
  [/years|\bDates/, 'password.dates'],
  [/names and surnames/i, 'password.names'],
]

/** The sentence for why the server found a password too easy to guess, when there is one. */
export function reasonKey(serverSays: string | undefined): PasswordKey | undefined {
  return REASONS.find(([pattern]) => pattern.test(serverSays ?? ''))?.[1]
}
