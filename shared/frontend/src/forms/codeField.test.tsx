import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import { renderKit } from '../test/render'
import { CodeField, Form } from './fields'
import { useForm } from './useForm'

function SampleForm() {
  const form = useForm({ initial: { code: '' }, submit: () => Promise.resolve() })
  return (
    <Form form={form}>
      <CodeField form={form} name="code" label="Code" />
    </Form>
  )
}

test.each(['123456', ' 123 456\n', '1 2 3 4 5 6', '123-456', 'Your code: 123 456', 'Kode Anda adalah 123456.'])('pasting %j gives the six digits', async (pasted) => {
  renderKit(<SampleForm />)
  const input = screen.getByLabelText<HTMLInputElement>('Code')
  await userEvent.click(input)
  await userEvent.paste(pasted)
  expect(input.value).toBe('123456')
})

test('more than six digits are not kept', async () => {
  renderKit(<SampleForm />)
  const input = screen.getByLabelText<HTMLInputElement>('Code')
  await userEvent.type(input, '12345678')
  expect(input.value).toBe('123456')
})
