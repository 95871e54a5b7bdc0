import { expect, test } from 'vitest'
import { reasonKey } from './reasons'

test.each([
  ['it is made of your own name or address', 'password.ownWords'],
  ['it is on the lists that guessers try first', 'password.listed'],
  ['This is similar to a commonly used password.', 'password.listed'],
  ['Straight rows of keys are easy to guess.', 'password.sequence'],
  ['Repeats like "aaa" are easy to guess.', 'password.repetition'],
  ['Dates are often easy to guess.', 'password.dates'],
  ['something said in another version', 'problem.auth.passwordCompromised'],
  [undefined, 'problem.auth.passwordCompromised'],
])('%s', (serverSays, key) => {
  expect(reasonKey(serverSays)).toBe(key)
})
