import { expect, test } from 'vitest'
import { reasonKey } from './reasons'

test.each([
  ['it is made of your own name or address', 'password.ownWords'],
  ['it is on the lists that guessers try first', 'password.listed'],
  ['this password is among the first that are guessed: it is on the lists that guessers try first', 'password.listed'],
  ['This is similar to a commonly used password.', 'password.listed'],
  ['Straight rows of keys are easy to guess.', 'password.sequence'],
  ['this password is among the first that are guessed: Sequences like abc or 6543 are easy to guess.', 'password.sequence'],
  ['Repeats like "aaa" are easy to guess.', 'password.repetition'],
  ['Dates are often easy to guess.', 'password.dates'],
  ['something said in another version', undefined],
  [undefined, undefined],
])('%s', (serverSays, key) => {
  expect(reasonKey(serverSays)).toBe(key)
})
