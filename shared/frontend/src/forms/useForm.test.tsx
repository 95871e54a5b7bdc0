import { act, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ProblemError } from '../api/problem'
import { renderKit } from '../test/render'
import { Form, PasswordField, TextField } from './fields'
import { FormProblem, SubmitButton } from './formEnd'
import { useForm } from './useForm'

interface Props {
  submit: (values: { email: string; password: string }) => Promise<unknown>
}

function SampleForm({ submit }: Props) {
  const form = useForm({
    initial: { email: '', password: '' },
    validate: (values) => (values.email === '' ? { email: 'Address, please' } : {}),
    fieldText: (code) => (code === 'auth.passwordTooShort' ? 'Longer, please' : undefined),
    submit,
  })
  return (
    <Form form={form}>
      <TextField form={form} name="email" label="Email" hint="Where we write to" />
      <PasswordField form={form} name="password" label="Password" />
      <FormProblem form={form} />
      <SubmitButton form={form}>Send</SubmitButton>
    </Form>
  )
}

const send = () => userEvent.click(screen.getByRole('button', { name: 'Send' }))

test('nothing is sent while something is missing; the field says so and has the focus', async () => {
  const submit = vi.fn()
  renderKit(<SampleForm submit={submit} />)
  await send()
  const email = screen.getByRole('textbox', { name: 'Email' })
  expect(submit).not.toHaveBeenCalled()
  expect(document.activeElement).toBe(email)
  expect(email.getAttribute('aria-invalid')).toBe('true')
  const described = (email.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent)
  expect(described).toEqual(['Address, please', 'Where we write to'])
})

test('typing takes the complaint away, and the values are sent', async () => {
  const submit = vi.fn().mockResolvedValue(undefined)
  renderKit(<SampleForm submit={submit} />)
  await send()
  await userEvent.type(screen.getByRole('textbox', { name: 'Email' }), 'a@b.c')
  expect(screen.getByRole('textbox', { name: 'Email' }).getAttribute('aria-invalid')).toBeNull()
  await send()
  expect(submit).toHaveBeenCalledExactlyOnceWith({ email: 'a@b.c', password: '' })
})

test('what the server refused stands at its field, in our words', async () => {
  const refused = new ProblemError({
    title: 'The password is too short',
    status: 422,
    code: 'auth.passwordTooShort',
    errors: [{ field: 'password', code: 'auth.passwordTooShort', message: 'use at least 15 characters' }],
  })
  renderKit(<SampleForm submit={() => Promise.reject(refused)} />)
  await userEvent.type(screen.getByRole('textbox', { name: 'Email' }), 'a@b.c')
  await send()
  await screen.findByText('Longer, please')
  expect(document.activeElement).toBe(screen.getByLabelText('Password'))
})

test('a refusal of the whole is announced by its code, and has the focus', async () => {
  const refused = new ProblemError({ title: 'Busy', status: 503, code: 'auth.hashingBusy' })
  renderKit(<SampleForm submit={() => Promise.reject(refused)} />, { locale: 'id' })
  await userEvent.type(screen.getByRole('textbox', { name: 'Email' }), 'a@b.c')
  await send()
  const alert = await screen.findByRole('alert')
  expect(alert.textContent).toBe('Layanan sedang sibuk. Coba lagi sebentar lagi.')
  expect(document.activeElement).toBe(alert)
})

describe('a wait the server asks for', () => {
  const limited = new ProblemError({ title: 'Too many', status: 429, code: 'auth.tooManyAttempts' }, 7)
  beforeEach(() => void vi.useFakeTimers({ shouldAdvanceTime: true }))
  afterEach(() => void vi.useRealTimers())

  test('counts down for the eyes, is said once to the ears, and nothing is sent before it is over', async () => {
    const submit = vi.fn().mockRejectedValue(limited)
    renderKit(<SampleForm submit={submit} />, { locale: 'id' })
    await userEvent.type(screen.getByRole('textbox', { name: 'Email' }), 'a@b.c{Enter}')
    const alert = await screen.findByRole('alert')
    const spoken = () => alert.querySelector('.sr-only')?.textContent
    const shown = () => alert.querySelector('[aria-hidden]')?.textContent
    expect(spoken()).toBe('Terlalu banyak percobaan. Coba lagi dalam 7 detik.')
    await act(() => vi.advanceTimersByTimeAsync(3_000))
    expect(spoken()).toBe('Terlalu banyak percobaan. Coba lagi dalam 7 detik.')
    expect(shown()).toBe('Terlalu banyak percobaan. Coba lagi dalam 4 detik.')
    expect(screen.getByRole('button', { name: 'Send' }).getAttribute('aria-disabled')).toBe('true')
    await userEvent.keyboard('{Enter}')
    expect(submit).toHaveBeenCalledTimes(1)
  })

  test('says when it is over, and the form can be sent again', async () => {
    const submit = vi.fn().mockRejectedValueOnce(limited).mockResolvedValue(undefined)
    renderKit(<SampleForm submit={submit} />)
    await userEvent.type(screen.getByRole('textbox', { name: 'Email' }), 'a@b.c{Enter}')
    await screen.findByRole('alert')
    await act(() => vi.advanceTimersByTimeAsync(8_000))
    await screen.findByText('You can try again now.')
    await send()
    expect(submit).toHaveBeenCalledTimes(2)
  })
})

test('a form under way is busy and is not sent twice', async () => {
  let finish: () => void = () => undefined
  const submit = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)))
  renderKit(<SampleForm submit={submit} />)
  await userEvent.type(screen.getByRole('textbox', { name: 'Email' }), 'a@b.c{Enter}')
  expect(screen.getByRole('button', { name: 'Send' }).getAttribute('aria-busy')).toBe('true')
  await userEvent.keyboard('{Enter}')
  finish()
  await waitFor(() => expect(screen.getByRole('button', { name: 'Send' }).getAttribute('aria-busy')).toBeNull())
  expect(submit).toHaveBeenCalledTimes(1)
})

test.each([
  ['en', 'string_too_long', 'String should have at most 254 characters', 'This is too long'],
  ['id', 'string_too_long', 'String should have at most 254 characters', 'Ini terlalu panjang'],
  ['en', 'value_error', 'Value error, not a mail address', 'Not a mail address'],
  ['id', 'value_error', 'Value error, not a mail address', 'Ini tidak diterima. Periksa sekali lagi.'],
] as const)('in %s what the server says of a field by %s is told in the language of the page', async (locale, code, message, shown) => {
  const refused = new ProblemError({ title: 'invalid', status: 422, code: 'request.invalid', errors: [{ field: 'email', code, message }] })
  renderKit(<SampleForm submit={() => Promise.reject(refused)} />, { locale })
  await userEvent.type(screen.getByRole('textbox', { name: 'Email' }), 'a@b.c')
  await send()
  await screen.findByText(shown)
  expect(screen.queryByText(message)).toBeNull()
})
