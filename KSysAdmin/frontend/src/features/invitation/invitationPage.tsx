import { Alert, Form, FormProblem, PasswordField, SubmitButton, useForm, useNewPasswordCheck, usePasswordFieldText, USUAL_LENGTHS } from '@k/ui'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useText } from '../../text/text'
import { PasswordMeter } from '../passwords/passwordMeter'
import { passwordPolicyQuery } from '../passwords/passwordPolicyQuery'
import { SignInFrame } from '../signIn/signInPage'
import { useAcceptInvitation } from './invitationQueries'

/**
 * From the one-time link. Its token stands behind `#`, so no server and no log sees it; opening the page spends nothing,
 * choosing the password does.
 */
export function InvitationPage() {
  const text = useText()
  const fieldText = usePasswordFieldText()
  const navigate = useNavigate()
  const [token] = useState(() => globalThis.location.hash.slice(1))
  const accept = useAcceptInvitation()
  const lengths = useQuery(passwordPolicyQuery).data ?? USUAL_LENGTHS
  const checkPassword = useNewPasswordCheck(lengths)
  const form = useForm({
    initial: { password: '' },
    validate: (values) => {
      const password = checkPassword(values.password)
      return password === undefined ? {} : { password }
    },
    fieldText,
    submit: async (values) => {
      await accept.mutateAsync({ token, password: values.password })
      await navigate({ to: '/sign-in' })
    },
  })
  return (
    <SignInFrame title={text('invitation.title')} lead={text('invitation.lead')}>
      {token === '' ? (
        <Alert tone="brick">{text('problem.admin.invitationInvalid')}</Alert>
      ) : (
        <Form form={form}>
          <PasswordField
            form={form}
            name="password"
            label={text('field.password')}
            autoComplete="new-password"
            hint={<PasswordMeter password={form.values.password} lengths={lengths} token={token} />}
          />
          <FormProblem form={form} />
          <SubmitButton form={form}>{text('invitation.submit')}</SubmitButton>
        </Form>
      )}
    </SignInFrame>
  )
}
