import { renderKit } from '@k/ui/testing'
import { QueryClient } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { createAppRouter } from './routes'
import { catalog } from './text/text'

const TOKEN = '0123456789abcdef0123'

afterEach(() => {
  vi.unstubAllGlobals()
  history.replaceState(null, '', '/')
})

/** Opens a page as a mail's link does; whatever is sent is kept and accepted. */
function open(path: string): Request[] {
  const sent: Request[] = []
  vi.stubGlobal('scrollTo', () => undefined)
  vi.stubGlobal('fetch', (request: Request) => {
    sent.push(request)
    return Promise.resolve(new Response(null, { status: 204 }))
  })
  history.replaceState(null, '', path)
  renderKit(<RouterProvider router={createAppRouter(new QueryClient())} />, { catalog })
  return sent
}

test('an invitation is read from behind the # and spent by its button alone', async () => {
  const sent = open(`/admin/invitation#${TOKEN}`)
  const accepted = () => sent.filter((request) => request.url.endsWith('/invitation/accept'))
  fireEvent.change(await screen.findByLabelText('Password'), { target: { value: 'grey boats on a slow river' } })
  expect(accepted()).toHaveLength(0)
  fireEvent.click(screen.getByRole('button', { name: 'Set password' }))
  await waitFor(() => expect(location.pathname).toBe('/admin/sign-in'))
  expect(await accepted()[0]?.json()).toEqual({ token: TOKEN, password: 'grey boats on a slow river' })
  expect(location.href).not.toContain(TOKEN)
})

test('a browser is let in by the button of the mailed page', async () => {
  const sent = open(`/admin/browser#${TOKEN}`)
  fireEvent.click(await screen.findByRole('button', { name: 'Let it in' }))
  await waitFor(() => expect(location.pathname).toBe('/admin/sign-in'))
  expect(sent.map((request) => new URL(request.url).pathname)).toEqual(['/api/admin/auth/browser/confirm'])
  expect(await sent[0]?.json()).toEqual({ token: TOKEN })
})

test.each(['invitation', 'browser'])('a token in the query, which servers see, is none: %s', async (page) => {
  open(`/admin/${page}?token=${TOKEN}`)
  expect((await screen.findByRole('alert')).textContent).toContain('The link was used or is too old')
  expect(screen.queryByRole('button', { name: /Set password|Let it in/ })).toBeNull()
})
