import { renderKit } from '@k/ui/testing'
import { fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { catalog } from '../../text/text'
import { PasswordCard } from './passwordCard'

afterEach(() => {
  vi.unstubAllGlobals()
})

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })

/** A server that answers a change of the password like this. */
function serve(answer: () => Response): Request[] {
  const changes: Request[] = []
  vi.stubGlobal('fetch', (request: Request) => {
    if (!request.url.endsWith('/api/admin/auth/password')) return Promise.resolve(json(200, { csrfToken: 'token' }))
    changes.push(request)
    return Promise.resolve(answer())
  })
  return changes
}

function show(): void {
  renderKit(<PasswordCard email="boss@example.com" />, { catalog })
}

function change(current: string, next: string): void {
  fireEvent.change(screen.getByLabelText('Current password'), { target: { value: current } })
  fireEvent.change(screen.getByLabelText('New password'), { target: { value: next } })
  fireEvent.click(screen.getByRole('button', { name: 'Change password' }))
}

test('both passwords are sent, and gone from the page afterwards', async () => {
  const changes = serve(() => new Response(null, { status: 204 }))
  show()
  change('the old sentence', 'grey boats on a slow river')
  await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>('New password').value).toBe(''))
  expect(await changes[0]?.json()).toEqual({ currentPassword: 'the old sentence', newPassword: 'grey boats on a slow river' })
  expect(changes).toHaveLength(1)
})

test('what is wrong with the new one is said at its field', async () => {
  const refusal = { code: 'auth.passwordTooShort', title: 'The password is too short', status: 422, errors: [{ field: 'newPassword', code: 'auth.passwordTooShort' }] }
  serve(() => json(422, refusal))
  show()
  change('the old sentence', 'short')
  await waitFor(() => expect(screen.getByLabelText('New password').getAttribute('aria-invalid')).toBe('true'))
  expect(screen.getAllByText('The password is too short.')).not.toHaveLength(0)
})

test('a wrong present one is told, and nothing is sent while a field is empty', async () => {
  const changes = serve(() => json(403, { code: 'auth.currentPasswordWrong', title: 'The current password is wrong', status: 403 }))
  show()
  change('', 'grey boats on a slow river')
  expect(changes).toHaveLength(0)
  change('not the password', 'grey boats on a slow river')
  expect(await screen.findByText('The current password is not right.')).toBeTruthy()
})
