import { act, renderHook, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Time } from '../components/time'
import { renderKit } from '../test/render'
import { serverClock } from './serverClock'
import { formatRelative, splitDuration } from './time'
import { useCountdown } from './useCountdown'

const NOW = Date.parse('2026-11-21T07:00:00Z')

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
})
afterEach(() => {
  serverClock.observe(new Response(null, { headers: { Date: new Date().toUTCString() } }))
  vi.useRealTimers()
})

test('a time is shown here and named in UTC', () => {
  renderKit(<Time at="2026-11-21T07:30:00Z" />, { locale: 'en' })
  const time = screen.getByText(/14:30/)
  expect(time.getAttribute('title')).toBe('2026-11-21 07:30:00 UTC')
  expect(time.getAttribute('datetime')).toBe('2026-11-21T07:30:00Z')
})

test('how long ago is said in the reader’s language', () => {
  expect(formatRelative('2026-11-21T06:57:10Z', NOW, 'en')).toBe('2 minutes ago')
  expect(formatRelative('2026-11-20T06:57:10Z', NOW, 'id')).toBe('kemarin')
  expect(formatRelative('2026-11-21T06:59:50Z', NOW, 'en')).toBe('now')
})

test('durations are split into days and a clock', () => {
  expect(splitDuration(90_061)).toEqual({ days: 1, clock: '01:01:01' })
  expect(splitDuration(-5)).toEqual({ days: 0, clock: '00:00:00' })
})

describe('a countdown', () => {
  test('counts to zero and stops there', () => {
    const { result } = renderHook(() => useCountdown('2026-11-21T07:00:03Z'))
    expect(result.current).toBe(3)
    void act(() => vi.advanceTimersByTime(2_000))
    expect(result.current).toBe(1)
    void act(() => vi.advanceTimersByTime(60_000))
    expect(result.current).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('believes the server, not a device whose clock is wrong', () => {
    serverClock.observe(new Response(null, { headers: { Date: new Date(NOW + 600_000).toUTCString() } }))
    const { result } = renderHook(() => useCountdown('2026-11-21T07:11:00Z'))
    expect(result.current).toBe(60)
  })
})
