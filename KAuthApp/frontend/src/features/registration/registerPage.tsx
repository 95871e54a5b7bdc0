import { Form, FormProblem, PasswordField, SubmitButton, TextField, useForm, useI18n, useOptionalText } from '@k/ui'
import { Link, useNavigate } from '@tanstack/react-router'
import { useText } from '../../text/text'
import { AuthFrame, textLinkClass } from '../authFrame'
import { checkEmail, checkNewPassword, onlyProblems } from '../checks'
import { PasswordMeter } from '../passwordMeter'
import { useRegister } from './registrationQueries'

export function RegisterPage() {
  const text = useText()
  const optionalText = useOptionalText()
  const { locale } = useI18n()
  const navigate = useNavigate()
  const register = useRegister()
  const form = useForm({
    initial: { fullName: '', email: '', password: '' },
    validate: (values) => onlyProblems({ email: checkEmail(text, values.email), password: checkNewPassword(text, values.password) }),
    fieldText: (code) => optionalText(`problem.${code ?? ''}`),
    submit: async (values) => {
      const email = values.email.trim()
      await register.mutateAsync({ email, password: values.password, fullName: values.fullName.trim() || null, locale })
      await navigate({ to: '/verify', search: { email } })
    },
  })

  return (
    <AuthFrame
      title={text('register.title')}
      lead={text('register.lead')}
      footer={
        <>
          {text('register.haveAccount')}{' '}
          <Link to="/sign-in" className={textLinkClass}>
            {text('signIn.submit')}
          </Link>
        </>
      }
    >
      <Form form={form}>
        <TextField form={form} name="fullName" label={text('field.fullName')} isOptional autoComplete="name" maxLength={200} />
        <TextField form={form} name="email" label={text('field.email')} type="email" autoComplete="username" spellCheck={false} />
        <PasswordField
          form={form}
          name="password"
          label={text('field.password')}
          autoComplete="new-password"
          hint={<PasswordMeter password={form.values.password} />}
        />
        <FormProblem form={form} />
        <SubmitButton form={form}>{text('register.submit')}</SubmitButton>
      </Form>
    </AuthFrame>
  )
}
