import { Form, FormProblem, SubmitButton, TextField, useForm } from '@k/ui'
import { useAccountText } from '../../text/accountText'
import { checkEmail, onlyProblems } from '../checks'

export function NewEmailForm({ current, onAsk }: { current: string; onAsk: (newEmail: string) => Promise<void> }) {
  const text = useAccountText()
  const form = useForm({
    initial: { newEmail: '' },
    validate: ({ newEmail }) => {
      const isSame = newEmail.trim().toLowerCase() === current.toLowerCase()
      return onlyProblems({ newEmail: isSame ? text('email.same') : checkEmail(text, newEmail) })
    },
    submit: ({ newEmail }) => onAsk(newEmail.trim()),
  })
  return (
    <Form form={form}>
      <TextField
        form={form}
        name="newEmail"
        label={text('email.new')}
        hint={text('email.note')}
        type="email"
        autoComplete="email"
        autoCapitalize="none"
        spellCheck={false}
      />
      <FormProblem form={form} />
      <SubmitButton form={form} className="self-start">
        {text('email.submit')}
      </SubmitButton>
    </Form>
  )
}
