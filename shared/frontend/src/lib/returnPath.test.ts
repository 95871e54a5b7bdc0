import { expect, test } from 'vitest'
import { safeReturnPath } from './returnPath'

const allowed = ['/payment', '/auth']

test.each(['/payment/', '/payment/new?a=1', '/auth', '/payment'])('%s is a place of ours', (path) => {
  expect(safeReturnPath(path, allowed)).toBe(path)
})

test.each([undefined, '', 'https://evil.example/payment', '//evil.example/payment', '/\\evil.example', '/payments-of-others', '/admin/', 'javascript:alert(1)', '/payment/../admin', '//[', '/\t//['])(
  '%s is not followed',
  (path) => {
    expect(safeReturnPath(path, allowed)).toBeNull()
  },
)
