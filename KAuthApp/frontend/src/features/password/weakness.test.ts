import { expect, test } from 'vitest'
import { weaknessOf } from './weakness'

test.each([
  ['aaaaaaaaaaaaaaaa', 'repetition'],
  ['kopikopikopikopi', 'repetition'],
  ['abcdefghijklmnop', 'sequence'],
  ['qwertyuiop 98765', 'sequence'],
  ['Sari.Wulandari.1990', 'ownWords'],
])('%s is guessed soon: %s', (password, weakness) => {
  expect(weaknessOf(password, ['sari.wulandari@example.com', 'Sari Wulandari'])).toBe(weakness)
})

test.each(['tujuh kopi tubruk pagi', 'sari suka kopi tubruk', 'xK3vq8mZr1tYw0pL'])('%s has nothing that a page could object to', (password) => {
  expect(weaknessOf(password, ['sari@example.com'])).toBeNull()
})
