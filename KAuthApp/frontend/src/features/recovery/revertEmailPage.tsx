import { Alert, Form, FormProblem, SubmitButton, unwrap, useForm } from '@k/ui'
import { useState } from 'react'
import { api } from '../../api/client'
import { useText } from '../../text/text'
import { AuthFrame } from '../authFrame'
import { TextLink } from '../textLink'

/**
 * Reached from the mail to an account's old address. The token stands behind `#`, so no server and no log sees it;
 * opening the page spends nothing, the button does.
 */
export function RevertEmailPage() {
  const text = useText()
  const [token] = useState(() => globalThis.location.hash.slice(1))
  const [isDone, setIsDone] = useState(false)
  const form = useForm({
    initial: {},
    submit: async () => {
      await unwrap(api.POST('/api/auth/email/change/revert', { body: { token } }))
      history.replaceState(null, '', globalThis.location.pathname)
      setIsDone(true)
    },
  })
  const footer = <TextLink to="/sign-in">{text('back.signIn')}</TextLink>

  if (isDone) {
    return (
      <AuthFrame title={text('revert.doneTitle')} step="done" footer={footer}>
        <Alert tone="jade">{text('revert.done')}</Alert>
        <p>
          {text('revert.next')} <TextLink to="/forgot-password">{text('revert.newPassword')}</TextLink>
        </p>
      </AuthFrame>
    )
  }
  return (
    <AuthFrame title={text('revert.title')} lead={text('revert.lead')} footer={footer}>
      {token === '' ? (
        <Alert tone="brick">{text('revert.noToken')}</Alert>
      ) : (
        <Form form={form}>
          <FormProblem form={form} />
          <SubmitButton form={form} variant="danger">
            {text('revert.submit')}
          </SubmitButton>
          <p className="text-sm text-ink-soft">{text('revert.note')}</p>
        </Form>
      )}
    </AuthFrame>
  )
}
