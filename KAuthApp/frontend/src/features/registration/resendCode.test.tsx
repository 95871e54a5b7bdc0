import { serverClock } from '@k/ui'
import { renderKit } from '@k/ui/testing'
import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test, vi } from 'vitest'
import { catalog } from '../../text/text'
import { ResendCode } from './resendCode'

afterEach(() => {
  vi.unstubAllGlobals()
  serverClock.observe(new Response(null, { headers: { Date: new Date().toUTCString() } }))
})

test('on a device whose clock is an hour ahead the next code is a minute away too', async () => {
  const anHourAgo = new Date(Date.now() - 3_600_000).toUTCString()
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(null, { status: 202, headers: { Date: anHourAgo } })))
  renderKit(<ResendCode email="sari@example.com" />, { catalog })
  await userEvent.click(screen.getByRole('button', { name: 'Send a new code' }))
  expect((await screen.findByRole('button', { name: /seconds|in \d+/ })).textContent).toMatch(/\b(60|59)\b/)
})
