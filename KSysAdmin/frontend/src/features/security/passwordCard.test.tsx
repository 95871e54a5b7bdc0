import { renderKit } from '@k/ui/testing'
import { fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { catalog } from '../../text/text'
import { PasswordCard } from './passwordCard'

afterEach(() => {
  vi.unstubAllGlobals()
})

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })

const ANSWERS: Record<string, unknown> = {
  csrf: { csrfToken: 'token' },
  'password-policy': { minLength: 15, maxLength: 128 },
  strength: { score: 4, isAccepted: true, reasons: [] },
}

/** A server that answers a change of the password like this. */
function serve(answer: () => Response): Request[] {
  const changes: Request[] = []
  vi.stubGlobal('fetch', (request: Request) => {
    const asked = ANSWERS[request.url.split('/').at(-1) ?? '']
    if (asked !== undefined) return Promise.resolve(json(200, asked))
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
  const reason = { field: 'newPassword', code: 'auth.passwordCompromised', message: 'it is on the lists that guessers try first' }
  serve(() => json(422, { code: reason.code, title: 'The password is known', status: 422, errors: [reason] }))
  show()
  change('the old sentence', 'correcthorsebatterystaple')
  await waitFor(() => expect(screen.getByLabelText('New password').getAttribute('aria-invalid')).toBe('true'))
  expect(screen.getAllByText(/It is on the lists that guessers try first/)).not.toHaveLength(0)
})

test('a wrong present one is told, and nothing is sent while a field is empty', async () => {
  const changes = serve(() => json(403, { code: 'auth.currentPasswordWrong', title: 'The current password is wrong', status: 403 }))
  show()
  change('', 'grey boats on a slow river')
  expect(changes).toHaveLength(0)
  change('not the password', 'grey boats on a slow river')
  expect(await screen.findByText('The current password is not right.')).toBeTruthy()
})
