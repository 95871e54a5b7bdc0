import { renderKit } from '@k/ui/testing'
import { waitFor } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { Router } from 'wouter'
import { catalog } from '../../text/text'
import { AccountArea } from './accountArea'

afterEach(() => {
  vi.unstubAllGlobals()
  history.replaceState(null, '', '/')
})

test('without a session the server is asked once, and the way leads to the sign-in page and back', async () => {
  const body = JSON.stringify({ title: 'Sign in first', status: 401, code: 'auth.unauthenticated' })
  const ask = vi.fn(() => Promise.resolve(new Response(body, { status: 401 })))
  vi.stubGlobal('fetch', ask)
  history.replaceState(null, '', '/auth/devices')
  renderKit(
    <Router base="/auth">
      <AccountArea />
    </Router>,
    { catalog },
  )
  await waitFor(() => expect(location.pathname).toBe('/auth/sign-in'))
  expect(location.search).toBe('?next=%2Fauth%2Fdevices')
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(ask).toHaveBeenCalledTimes(1)
})
