import { expect, test } from 'vitest'
import { pathWith } from './navigation'

test('only what is there becomes part of the path', () => {
  expect(pathWith('/verify', { email: 'sari+a@example.com', notice: null, next: undefined })).toBe('/verify?email=sari%2Ba%40example.com')
  expect(pathWith('/sign-in', { notice: '' })).toBe('/sign-in')
})
