import { Alert, Form, FormProblem, SubmitButton, useForm } from '@k/ui'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useText } from '../../text/text'
import { SignInFrame } from '../signIn/signInPage'
import { useConfirmBrowser } from './browserQueries'

/**
 * From the mail that follows a right password while others guess at it. The token stands behind `#`, so no server and
 * no log sees it; opening the page spends nothing, the button does.
 */
export function BrowserPage() {
  const text = useText()
  const navigate = useNavigate()
  const [token] = useState(() => globalThis.location.hash.slice(1))
  const confirm = useConfirmBrowser()
  const form = useForm({
    initial: {},
    submit: async () => {
      await confirm.mutateAsync(token)
      await navigate({ to: '/sign-in' })
    },
  })
  return (
    <SignInFrame title={text('browser.title')} lead={text('browser.lead')}>
      {token === '' ? (
        <Alert tone="brick">{text('problem.admin.invitationInvalid')}</Alert>
      ) : (
        <Form form={form}>
          <FormProblem form={form} />
          <SubmitButton form={form}>{text('browser.submit')}</SubmitButton>
        </Form>
      )}
    </SignInFrame>
  )
}
