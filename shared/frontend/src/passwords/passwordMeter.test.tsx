import { act } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ProblemError } from '../api/problem'
import { kit, renderKit } from '../test/render'
import { USUAL_LENGTHS } from './newPassword'
import { PasswordMeter } from './passwordMeter'
import type { AskStrength, PasswordStrength } from './usePasswordStrength'

const LISTED: PasswordStrength = {
  score: 0,
  isAccepted: false,
  reasons: [{ code: 'auth.passwordCompromised', message: 'it is on the lists that guessers try first' }],
}
const STRONG: PasswordStrength = { score: 4, isAccepted: true, reasons: [] }
const KNOWN = 'correcthorsebatterystaple'
const OWN = 'tujuh kopi tubruk pagi ini'

/** A server whose answers come when the test says so. */
function slowServer() {
  const asked: { password: string; signal: AbortSignal; answer: (strength: PasswordStrength) => void; fail: (error: unknown) => void }[] = []
  const ask: AskStrength = (password, signal) =>
    new Promise((answer, fail) => {
      asked.push({ password, signal, answer, fail })
    })
  return { ask, asked }
}

function show(ask: AskStrength, locale: 'en' | 'id' = 'en') {
  const meter = (password: string, by: AskStrength = ask) => <PasswordMeter password={password} lengths={USUAL_LENGTHS} ask={by} />
  const { rerender } = renderKit(meter(''), { locale })
  return (password: string, by?: AskStrength) => rerender(kit(meter(password, by), { locale }))
}

const pause = (milliseconds = 300) => act(() => vi.advanceTimersByTimeAsync(milliseconds))
const said = () => document.querySelector('span[aria-live=polite]')?.textContent

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('below the least length nobody is asked, and the page counts', async () => {
  const { ask, asked } = slowServer()
  const type = show(ask)
  expect(said()).toBe('At least 15 characters. A few words in a row are easy to remember.')
  type('kopi')
  await pause(5_000)
  expect(said()).toBe('4 of 15 characters')
  type('a'.repeat(129))
  await pause(5_000)
  expect(said()).toBe('At most 128 characters')
  expect(asked).toEqual([])
})

test('what the server refuses is weak, with its reason', async () => {
  const type = show(() => Promise.resolve(LISTED))
  type(KNOWN)
  expect(said()).toBe('')
  await pause()
  expect(said()).toBe('Weak. It is on the lists that guessers try first. Choose one that only you would think of.')
})

test.each([
  [2, 'Cukup. Beberapa kata lagi membuatnya kuat.'],
  [3, 'Baik. Lebih panjang lebih kuat.'],
  [4, 'Kuat.'],
])('what it takes is as good as it says: %i', async (score, sentence) => {
  const type = show(() => Promise.resolve({ ...STRONG, score }), 'id')
  type(OWN)
  await pause()
  expect(said()).toBe(sentence)
})

test('it is asked once the typing pauses', async () => {
  const { ask, asked } = slowServer()
  const type = show(ask)
  for (let length = 15; length <= OWN.length; length += 1) {
    type(OWN.slice(0, length))
    await pause(100)
  }
  await pause()
  expect(asked.map(({ password }) => password)).toEqual([OWN])
})

test('a late answer is about a password that is not there any more: it is given up, and ignored when it comes', async () => {
  const { ask, asked } = slowServer()
  const type = show(ask)
  type(OWN)
  await pause()
  type(KNOWN)
  await pause()
  expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false])
  asked[1]?.answer(LISTED)
  asked[0]?.answer(STRONG)
  await pause(0)
  expect(said()).toMatch(/^Weak\./)
  type(OWN)
  expect(said()).toBe('')
})

test('it is asked again when it would be asked about somebody else', async () => {
  const type = show(() => Promise.resolve(STRONG))
  type(OWN)
  await pause()
  expect(said()).toBe('Strong.')
  type(OWN, () => Promise.resolve(LISTED))
  await pause()
  expect(said()).toMatch(/^Weak\./)
})

test.each(['gateway.rateLimited', 'client.unreachable'])('nothing is said when there is no answer: %s', async (code) => {
  const type = show(() => Promise.reject(new ProblemError({ title: 'No', status: 429, code })))
  type(OWN)
  await pause()
  expect(said()).toBe('')
})
