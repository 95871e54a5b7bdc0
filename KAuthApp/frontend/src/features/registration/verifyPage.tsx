import { Alert, Button, CodeField, Form, FormProblem, SubmitButton, TextField, useCountdown, useForm, useProblemText } from '@k/ui'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useText } from '../../text/text'
import { AuthFrame, textLinkClass } from '../authFrame'
import { checkCode, checkEmail, onlyProblems } from '../checks'
import { useResendCode, useVerifyEmail } from './registrationQueries'

const route = getRouteApi('/verify')

/** Reached after registering and from the mailed link. Opening it spends nothing: the code counts when it is sent. */
export function VerifyPage() {
  const text = useText()
  const navigate = useNavigate()
  const search = route.useSearch()
  const verify = useVerifyEmail()
  const form = useForm({
    initial: { email: search.email ?? '', code: '' },
    validate: (values) => onlyProblems({ email: checkEmail(text, values.email), code: checkCode(text, values.code) }),
    submit: async (values) => {
      const email = values.email.trim()
      await verify.mutateAsync({ email, code: values.code })
      await navigate({ to: '/sign-in', search: { email, notice: 'verified' } })
    },
  })

  return (
    <AuthFrame
      title={text('verify.title')}
      lead={search.email === undefined ? text('verify.leadUnknown') : text('verify.lead', { email: search.email })}
      footer={
        <Link to="/sign-in" className={textLinkClass}>
          {text('back.signIn')}
        </Link>
      }
    >
      <Form form={form}>
        {search.email === undefined && (
          <TextField form={form} name="email" label={text('field.email')} type="email" autoComplete="username" spellCheck={false} />
        )}
        <CodeField form={form} name="code" label={text('field.code')} />
        <FormProblem form={form} />
        <SubmitButton form={form}>{text('verify.submit')}</SubmitButton>
      </Form>
      <ResendCode email={form.values.email.trim()} />
    </AuthFrame>
  )
}

const PAUSE_MS = 60_000

function ResendCode({ email }: { email: string }) {
  const text = useText()
  const problemText = useProblemText()
  const resend = useResendCode()
  const [nextAt, setNextAt] = useState(() => new Date(0).toISOString())
  const seconds = useCountdown(nextAt)

  function send(): void {
    resend.mutate(email, { onSuccess: () => setNextAt(new Date(Date.now() + PAUSE_MS).toISOString()) })
  }

  return (
    <div className="flex flex-col items-start gap-2 text-[0.95rem]">
      <p className="text-ink-soft">{text('verify.nothingArrived')}</p>
      <Button variant="outline" size="sm" disabled={seconds > 0 || !email.includes('@')} isBusy={resend.isPending} onClick={send}>
        {seconds > 0 ? text('verify.resendIn', { seconds }) : text('verify.resend')}
      </Button>
      {resend.isSuccess && <Alert tone="jade">{text('verify.resent')}</Alert>}
      {resend.isError && <Alert tone="brick">{problemText(resend.error)}</Alert>}
    </div>
  )
}
