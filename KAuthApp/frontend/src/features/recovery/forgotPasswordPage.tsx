import { Form, FormProblem, SubmitButton, TextField, useForm } from '@k/ui'
import { useLocation } from 'wouter'
import { pathWith, useSearchText } from '../../navigation'
import { useText } from '../../text/text'
import { AuthFrame } from '../authFrame'
import { checkEmail, onlyProblems } from '../checks'
import { TextLink } from '../textLink'
import { mailResetCode } from './recoveryCalls'

export function ForgotPasswordPage() {
  const text = useText()
  const [, navigate] = useLocation()
  const search = useSearchText('email')
  const form = useForm({
    initial: { email: search.email ?? '' },
    validate: (values) => onlyProblems({ email: checkEmail(text, values.email) }),
    submit: async (values) => {
      const email = values.email.trim()
      await mailResetCode(email)
      navigate(pathWith('/reset-password', { email }))
    },
  })

  return (
    <AuthFrame title={text('forgot.title')} lead={text('forgot.lead')} footer={<TextLink to="/sign-in">{text('back.signIn')}</TextLink>}>
      <Form form={form}>
        <TextField form={form} name="email" label={text('field.email')} type="email" autoComplete="username" autoCapitalize="none" spellCheck={false} />
        <FormProblem form={form} />
        <SubmitButton form={form}>{text('forgot.submit')}</SubmitButton>
      </Form>
    </AuthFrame>
  )
}
