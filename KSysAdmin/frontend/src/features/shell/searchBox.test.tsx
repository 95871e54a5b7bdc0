import { act, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SearchBox } from './searchBox'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const box = () => screen.getByRole<HTMLInputElement>('searchbox')
const type = (value: string) => fireEvent.change(box(), { target: { value } })
const pause = () =>
  act(() => {
    vi.advanceTimersByTime(1_000)
  })

test('a search that is taken back elsewhere is not begun again', () => {
  const onSearch = vi.fn()
  const { rerender } = render(<SearchBox label="Find" value="" onSearch={onSearch} />)
  type('sari')
  pause()
  expect(onSearch.mock.calls).toEqual([['sari']])
  rerender(<SearchBox label="Find" value="sari" onSearch={onSearch} />)
  rerender(<SearchBox label="Find" value="" onSearch={onSearch} />)
  expect(box().value).toBe('')
  pause()
  expect(onSearch).toHaveBeenCalledTimes(1)
})

test('what is typed while an answer is on its way stays', () => {
  const onSearch = vi.fn()
  const { rerender } = render(<SearchBox label="Find" value="" onSearch={onSearch} />)
  type('sa')
  pause()
  type('sari')
  rerender(<SearchBox label="Find" value="sa" onSearch={onSearch} />)
  expect(box().value).toBe('sari')
  pause()
  expect(onSearch).toHaveBeenLastCalledWith('sari')
})
