import { act, renderHook } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { useLiveUpdates } from './useLiveUpdates'

class FakeEventSource extends EventTarget {
  static readonly CLOSED = 2
  static opened: FakeEventSource[] = []
  readyState = 0
  onopen: (() => void) | null = null
  onmessage: (() => void) | null = null
  onerror: (() => void) | null = null

  constructor(readonly url: string) {
    super()
    FakeEventSource.opened.push(this)
  }

  close(): void {
    this.readyState = FakeEventSource.CLOSED
  }
}

beforeEach(() => {
  FakeEventSource.opened = []
  vi.stubGlobal('EventSource', FakeEventSource)
  vi.useFakeTimers()
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function newest(): FakeEventSource {
  const source = FakeEventSource.opened.at(-1)
  if (source === undefined) throw new Error('nothing was opened')
  return source
}

test('tells of every event, and whether the line is open', () => {
  const onUpdate = vi.fn()
  const { result } = renderHook(() => useLiveUpdates('/events', ['payment.status'], onUpdate))
  expect(result.current).toBe(false)
  act(() => newest().onopen?.())
  expect(result.current).toBe(true)
  newest().dispatchEvent(new Event('payment.status'))
  expect(onUpdate).toHaveBeenCalledTimes(1)
})

test('a line that was given up is opened again after a pause', () => {
  const { result } = renderHook(() => useLiveUpdates('/events', ['payment.status'], () => undefined))
  act(() => newest().onopen?.())
  act(() => {
    newest().close()
    newest().onerror?.()
  })
  expect(result.current).toBe(false)
  void act(() => vi.advanceTimersByTime(15_000))
  expect(FakeEventSource.opened).toHaveLength(2)
})

test('nothing is listened to without an address, and the line is closed in the end', () => {
  const { rerender, unmount } = renderHook(({ url }: { url: string | null }) => useLiveUpdates(url, [], () => undefined), { initialProps: { url: null as string | null } })
  expect(FakeEventSource.opened).toHaveLength(0)
  rerender({ url: '/events' })
  unmount()
  expect(newest().readyState).toBe(FakeEventSource.CLOSED)
})
