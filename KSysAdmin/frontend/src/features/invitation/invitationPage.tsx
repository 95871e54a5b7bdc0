import { Alert, Form, FormProblem, PasswordField, SubmitButton, useForm, useOptionalText } from '@k/ui'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useText } from '../../text/text'
import { SignInFrame } from '../signIn/signInPage'
import { useAcceptInvitation } from './invitationQueries'

const route = getRouteApi('/invitation')
const MIN_LENGTH = 15

/** From the one-time link. Opening it spends nothing; choosing the password does. */
export function InvitationPage() {
  const text = useText()
  const optionalText = useOptionalText()
  const navigate = useNavigate()
  const { token } = route.useSearch()
  const accept = useAcceptInvitation()
  const form = useForm({
    initial: { password: '' },
    validate: (values) =>
      Array.from(values.password.normalize('NFC')).length < MIN_LENGTH ? { password: text('invitation.short', { count: MIN_LENGTH }) } : {},
    fieldText: (code) => optionalText(`problem.${code ?? ''}`),
    submit: async (values) => {
      await accept.mutateAsync({ token: token ?? '', password: values.password })
      await navigate({ to: '/sign-in' })
    },
  })
  return (
    <SignInFrame title={text('invitation.title')} lead={text('invitation.lead')}>
      {token === undefined ? (
        <Alert tone="brick">{text('problem.admin.invitationInvalid')}</Alert>
      ) : (
        <Form form={form}>
          <PasswordField form={form} name="password" label={text('field.password')} autoComplete="new-password" hint={text('invitation.hint')} />
          <FormProblem form={form} />
          <SubmitButton form={form}>{text('invitation.submit')}</SubmitButton>
        </Form>
      )}
    </SignInFrame>
  )
}
