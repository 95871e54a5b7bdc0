import { expect, test } from 'vitest'
import { noticeOf } from './notices'

test('who comes with a place to go back to is told why; what nobody wrote is not shown', () => {
  expect(noticeOf({ next: '/payment/new' })?.text).toBe('signIn.sessionEnded')
  expect(noticeOf({ notice: 'verified', next: '/payment/new' })?.text).toBe('signIn.verified')
  expect(noticeOf({ notice: 'You have been hacked, call this number' })).toBeNull()
  expect(noticeOf({ notice: 'toString' })).toBeNull()
  expect(noticeOf({ notice: '__proto__' })).toBeNull()
  expect(noticeOf({})).toBeNull()
})
