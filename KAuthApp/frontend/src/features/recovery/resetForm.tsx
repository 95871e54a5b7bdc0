import { Alert, CodeField, Form, FormProblem, PasswordField, SubmitButton, TextField, useForm, useNewPasswordCheck, usePasswordFieldText } from '@k/ui'
import { useText } from '../../text/text'
import { AuthFrame } from '../authFrame'
import { checkCode, checkEmail, onlyProblems } from '../checks'
import { PasswordMeter } from '../password/passwordMeter'
import { usePasswordPolicy } from '../password/passwordPolicy'
import { TextLink } from '../textLink'

export interface Reset {
  email: string
  code: string
  newPassword: string
}

interface ResetFormProps {
  mailedTo: string | undefined
  typed: Reset
  /** The mailed code ran out while the second factor was asked for. */
  isCodeGone: boolean
  onSend: (reset: Reset) => Promise<void>
}

export function ResetForm({ mailedTo, typed, isCodeGone, onSend }: ResetFormProps) {
  const text = useText()
  const fieldText = usePasswordFieldText()
  const policy = usePasswordPolicy()
  const checkPassword = useNewPasswordCheck(policy)
  const form = useForm({
    initial: { ...typed },
    validate: (values) =>
      onlyProblems({
        email: checkEmail(text, values.email),
        code: checkCode(text, values.code),
        newPassword: checkPassword(values.newPassword),
      }),
    fieldText,
    submit: (values) => onSend({ ...values, email: values.email.trim() }),
  })

  return (
    <AuthFrame
      title={text('reset.title')}
      lead={mailedTo === undefined ? text('reset.leadUnknown') : text('reset.lead', { email: mailedTo })}
      footer={<TextLink to="/sign-in">{text('back.signIn')}</TextLink>}
    >
      {isCodeGone && <Alert tone="soga">{text('reset.codeGone')}</Alert>}
      <Form form={form}>
        <TextField form={form} name="email" label={text('field.email')} type="email" autoComplete="username" autoCapitalize="none" spellCheck={false} />
        <CodeField form={form} name="code" label={text('field.code')} />
        <PasswordField
          form={form}
          name="newPassword"
          label={text('field.newPassword')}
          autoComplete="new-password"
          hint={<PasswordMeter password={form.values.newPassword} policy={policy} email={form.values.email} />}
        />
        <FormProblem form={form} />
        <SubmitButton form={form}>{text('reset.submit')}</SubmitButton>
        <p className="text-center text-sm text-ink-soft">{text('reset.note')}</p>
      </Form>
    </AuthFrame>
  )
}
