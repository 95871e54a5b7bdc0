import { CodeField, Form, FormProblem, PasswordField, SubmitButton, TextField, useForm, useOptionalText } from '@k/ui'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useText } from '../../text/text'
import { AuthFrame, textLinkClass } from '../authFrame'
import { checkCode, checkEmail, checkNewPassword, onlyProblems } from '../checks'
import { PasswordMeter } from '../passwordMeter'
import { useResetPassword } from './recoveryQueries'

const route = getRouteApi('/reset-password')

export function ResetPasswordPage() {
  const text = useText()
  const optionalText = useOptionalText()
  const navigate = useNavigate()
  const search = route.useSearch()
  const reset = useResetPassword()
  const form = useForm({
    initial: { email: search.email ?? '', code: '', newPassword: '' },
    validate: (values) =>
      onlyProblems({
        email: checkEmail(text, values.email),
        code: checkCode(text, values.code),
        newPassword: checkNewPassword(text, values.newPassword),
      }),
    fieldText: (code) => optionalText(`problem.${code ?? ''}`),
    submit: async (values) => {
      const email = values.email.trim()
      await reset.mutateAsync({ ...values, email })
      await navigate({ to: '/sign-in', search: { email, notice: 'passwordReset' } })
    },
  })

  return (
    <AuthFrame
      title={text('reset.title')}
      lead={search.email === undefined ? text('reset.leadUnknown') : text('reset.lead', { email: search.email })}
      footer={
        <Link to="/sign-in" className={textLinkClass}>
          {text('back.signIn')}
        </Link>
      }
    >
      <Form form={form}>
        <TextField form={form} name="email" label={text('field.email')} type="email" autoComplete="username" spellCheck={false} />
        <CodeField form={form} name="code" label={text('field.code')} />
        <PasswordField
          form={form}
          name="newPassword"
          label={text('field.newPassword')}
          autoComplete="new-password"
          hint={<PasswordMeter password={form.values.newPassword} />}
        />
        <FormProblem form={form} />
        <SubmitButton form={form}>{text('reset.submit')}</SubmitButton>
        <p className="text-center text-sm text-ink-soft">{text('reset.note')}</p>
      </Form>
    </AuthFrame>
  )
}
