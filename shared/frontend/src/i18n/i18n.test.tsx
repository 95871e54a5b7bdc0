import { act, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { ProblemError } from '../api/problem'
import { renderKit } from '../test/render'
import { useI18n } from './i18n'
import { initialLocale, storeLocale } from './locale'
import { useProblemText } from './useProblemText'

afterEach(() => {
  vi.unstubAllGlobals()
})

function withLanguages(...languages: string[]) {
  vi.stubGlobal('navigator', { languages })
}

test('the browser’s first language that we speak is taken', () => {
  withLanguages('fr-FR', 'id-ID', 'en')
  expect(initialLocale()).toBe('id')
  withLanguages('in')
  expect(initialLocale()).toBe('id')
  withLanguages('fr')
  expect(initialLocale()).toBe('en')
})

test('what the reader chose before comes first', () => {
  withLanguages('en')
  storeLocale('id')
  expect(initialLocale()).toBe('id')
})

function Probe({ error }: { error: unknown }) {
  const problemText = useProblemText()
  const { locale, followProfile, chooseLocale } = useI18n()
  return (
    <>
      <p>{problemText(error)}</p>
      <output>{locale}</output>
      <button onClick={() => followProfile('id')}>profile</button>
      <button onClick={() => chooseLocale('en')}>choose</button>
    </>
  )
}

const refusal = (status: number, code: string) => new ProblemError({ title: 'server text', status, code })

test.each([
  [refusal(503, 'auth.hashingBusy'), 'The service is busy right now. Try again in a moment.'],
  [refusal(404, 'x.y'), 'This does not exist, or not any more.'],
  [refusal(418, 'x.y'), 'That did not work. Try again in a moment.'],
  [new Error('boom'), 'That did not work. Try again in a moment.'],
])('a problem without words of its own is told by its kind', (error, sentence) => {
  renderKit(<Probe error={error} />)
  expect(screen.getByText(sentence)).toBeTruthy()
})

test('the profile’s language counts until the reader chooses on this device', () => {
  renderKit(<Probe error={null} />)
  act(() => screen.getByText('profile').click())
  expect(screen.getByRole('status').textContent).toBe('id')
  expect(document.documentElement.lang).toBe('id')
  act(() => screen.getByText('choose').click())
  act(() => screen.getByText('profile').click())
  expect(screen.getByRole('status').textContent).toBe('en')
})
