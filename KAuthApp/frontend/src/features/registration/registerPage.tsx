import { Form, FormProblem, PasswordField, SubmitButton, TextField, useForm, useI18n, useNewPasswordCheck, usePasswordFieldText } from '@k/ui'
import { useLocation } from 'wouter'
import { pathWith } from '../../navigation'
import { useText } from '../../text/text'
import { AuthFrame } from '../authFrame'
import { checkEmail, onlyProblems } from '../checks'
import { PasswordMeter } from '../password/passwordMeter'
import { usePasswordPolicy } from '../password/passwordPolicy'
import { TextLink } from '../textLink'
import { register } from './registrationCalls'

export function RegisterPage() {
  const text = useText()
  const fieldText = usePasswordFieldText()
  const { locale } = useI18n()
  const [, navigate] = useLocation()
  const policy = usePasswordPolicy()
  const checkPassword = useNewPasswordCheck(policy)
  const form = useForm({
    initial: { fullName: '', email: '', password: '' },
    validate: (values) => onlyProblems({ email: checkEmail(text, values.email), password: checkPassword(values.password) }),
    fieldText,
    submit: async (values) => {
      const email = values.email.trim()
      await register({ email, password: values.password, fullName: values.fullName.trim() || null, locale })
      navigate(pathWith('/verify', { email }))
    },
  })

  return (
    <AuthFrame
      title={text('register.title')}
      lead={text('register.lead')}
      footer={
        <>
          {text('register.haveAccount')} <TextLink to="/sign-in">{text('signIn.submit')}</TextLink>
        </>
      }
    >
      <Form form={form}>
        <TextField form={form} name="fullName" label={text('field.fullName')} isOptional autoComplete="name" maxLength={200} />
        <TextField form={form} name="email" label={text('field.email')} type="email" autoComplete="username" autoCapitalize="none" spellCheck={false} />
        <PasswordField
          form={form}
          name="password"
          label={text('field.password')}
          autoComplete="new-password"
          hint={<PasswordMeter password={form.values.password} policy={policy} email={form.values.email} fullName={form.values.fullName} />}
        />
        <FormProblem form={form} />
        <SubmitButton form={form}>{text('register.submit')}</SubmitButton>
      </Form>
    </AuthFrame>
  )
}
