import { Form, FormProblem, SubmitButton, TextField, useForm } from '@k/ui'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useText } from '../../text/text'
import { AuthFrame, textLinkClass } from '../authFrame'
import { checkEmail, onlyProblems } from '../checks'
import { useForgotPassword } from './recoveryQueries'

const route = getRouteApi('/forgot-password')

export function ForgotPasswordPage() {
  const text = useText()
  const navigate = useNavigate()
  const search = route.useSearch()
  const forgot = useForgotPassword()
  const form = useForm({
    initial: { email: search.email ?? '' },
    validate: (values) => onlyProblems({ email: checkEmail(text, values.email) }),
    submit: async (values) => {
      const email = values.email.trim()
      await forgot.mutateAsync(email)
      await navigate({ to: '/reset-password', search: { email } })
    },
  })

  return (
    <AuthFrame
      title={text('forgot.title')}
      lead={text('forgot.lead')}
      footer={
        <Link to="/sign-in" className={textLinkClass}>
          {text('back.signIn')}
        </Link>
      }
    >
      <Form form={form}>
        <TextField form={form} name="email" label={text('field.email')} type="email" autoComplete="username" spellCheck={false} />
        <FormProblem form={form} />
        <SubmitButton form={form}>{text('forgot.submit')}</SubmitButton>
      </Form>
    </AuthFrame>
  )
}
