import { Button, CodeField, Form, FormProblem, SubmitButton, useForm } from '@k/ui'
import { useAccountText } from '../../text/accountText'
import { checkCode, onlyProblems } from '../checks'

interface ConfirmEmailFormProps {
  old: string
  to: string
  onConfirm: (codes: { oldCode: string; newCode: string }) => Promise<void>
  onCancel: () => Promise<void>
}

export function ConfirmEmailForm({ old, to, onConfirm, onCancel }: ConfirmEmailFormProps) {
  const text = useAccountText()
  const form = useForm({
    initial: { oldCode: '', newCode: '' },
    validate: (values) => onlyProblems({ oldCode: checkCode(text, values.oldCode), newCode: checkCode(text, values.newCode) }),
    submit: onConfirm,
  })
  return (
    <Form form={form}>
      <CodeField form={form} name="oldCode" label={text('email.oldCode', { email: old })} autoComplete="off" />
      <CodeField form={form} name="newCode" label={text('email.newCode', { email: to })} autoComplete="off" />
      <FormProblem form={form} />
      <div className="flex flex-wrap gap-3">
        <SubmitButton form={form}>{text('email.confirm')}</SubmitButton>
        <Button variant="plain" onClick={() => void form.run(onCancel)}>
          {text('email.cancel')}
        </Button>
      </div>
    </Form>
  )
}
