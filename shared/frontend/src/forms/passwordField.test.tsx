import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { renderKit } from '../test/render'
import { Form, PasswordField } from './fields'
import { SubmitButton } from './formEnd'
import { useForm } from './useForm'

const TYPED = 'Tujuh kopi tubruk, 4711! ☕ é'

function SampleForm({ submit }: { submit: (values: { password: string }) => Promise<unknown> }) {
  const form = useForm({ initial: { password: '' }, submit })
  return (
    <Form form={form}>
      <PasswordField form={form} name="password" label="Password" autoComplete="current-password" />
      <SubmitButton form={form}>Send</SubmitButton>
    </Form>
  )
}

test('a password is masked, until its owner wants to see it', async () => {
  renderKit(<SampleForm submit={vi.fn()} />)
  const input = screen.getByLabelText('Password')
  expect(input.getAttribute('type')).toBe('password')
  await userEvent.click(screen.getByRole('button', { name: 'Show' }))
  expect(input.getAttribute('type')).toBe('text')
  await userEvent.click(screen.getByRole('button', { name: 'Hide' }))
  expect(input.getAttribute('type')).toBe('password')
})

test('a password manager knows the field, may paste into it, and what it pasted is sent as it is', async () => {
  const submit = vi.fn(() => Promise.resolve())
  renderKit(<SampleForm submit={submit} />)
  const input = screen.getByLabelText('Password')
  expect(input.getAttribute('autocomplete')).toBe('current-password')
  expect(input.getAttribute('name')).toBe('password')
  await userEvent.click(input)
  await userEvent.paste(TYPED)
  await userEvent.click(screen.getByRole('button', { name: 'Send' }))
  expect(submit).toHaveBeenCalledWith({ password: TYPED })
})
