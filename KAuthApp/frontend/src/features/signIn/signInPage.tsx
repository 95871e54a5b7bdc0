import { Alert, Button, Form, FormProblem, hasCode, PasswordField, safeReturnPath, SubmitButton, TextField, useForm } from '@k/ui'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useText, type TextKey } from '../../text/text'
import { AuthFrame, textLinkClass } from '../authFrame'
import { checkEmail, onlyProblems } from '../checks'
import { useSignIn } from './signInQueries'

const route = getRouteApi('/sign-in')

const NOTICES: Readonly<Record<string, TextKey>> = {
  verified: 'signIn.verified',
  passwordReset: 'signIn.passwordReset',
  sessionEnded: 'signIn.sessionEnded',
}

export function SignInPage() {
  const text = useText()
  const navigate = useNavigate()
  const search = route.useSearch()
  const signIn = useSignIn()
  const [methods, setMethods] = useState<readonly string[] | null>(null)

  async function submit(values: { email: string; password: string }): Promise<void> {
    const email = values.email.trim()
    try {
      const answer = await signIn.mutateAsync({ email, password: values.password })
      if (answer.status === 'secondFactorRequired') setMethods(answer.methods)
      else await goOn()
    } catch (error) {
      if (!hasCode(error, 'auth.emailNotVerified')) throw error
      await navigate({ to: '/verify', search: { email } })
    }
  }

  async function goOn(): Promise<void> {
    const elsewhere = safeReturnPath(search.next, ['/payment', '/auth'])
    if (elsewhere === null) await navigate({ to: '/' })
    else globalThis.location.assign(elsewhere)
  }

  const form = useForm({
    initial: { email: search.email ?? '', password: '' },
    validate: (values) =>
      onlyProblems({ email: checkEmail(text, values.email), password: values.password === '' ? text('kit.required') : undefined }),
    submit,
  })

  if (methods !== null) return <SecondFactorNotice methods={methods} onBack={() => setMethods(null)} />

  const notice = NOTICES[search.notice ?? (search.next === undefined ? '' : 'sessionEnded')]
  return (
    <AuthFrame
      title={text('signIn.title')}
      lead={text('signIn.lead')}
      footer={
        <>
          {text('signIn.noAccount')}{' '}
          <Link to="/register" className={textLinkClass}>
            {text('signIn.register')}
          </Link>
        </>
      }
    >
      {notice !== undefined && <Alert tone={search.notice === 'verified' ? 'jade' : 'nila'}>{text(notice)}</Alert>}
      <Form form={form}>
        <TextField form={form} name="email" label={text('field.email')} type="email" autoComplete="username" spellCheck={false} />
        <PasswordField form={form} name="password" label={text('field.password')} autoComplete="current-password" />
        <FormProblem form={form} />
        <SubmitButton form={form}>{text('signIn.submit')}</SubmitButton>
        <Link to="/forgot-password" search={form.values.email === '' ? {} : { email: form.values.email }} className={`${textLinkClass} self-center text-[0.95rem]`}>
          {text('signIn.forgot')}
        </Link>
      </Form>
    </AuthFrame>
  )
}

const METHOD_KEYS: Readonly<Record<string, TextKey>> = {
  totp: 'method.totp',
  passkey: 'method.passkey',
  recoveryCode: 'method.recoveryCode',
}

function SecondFactorNotice({ methods, onBack }: { methods: readonly string[]; onBack: () => void }) {
  const text = useText()
  const names = methods.map((method) => text(METHOD_KEYS[method] ?? 'method.totp')).join(', ')
  return (
    <AuthFrame title={text('signIn.secondFactor.title')}>
      <p role="status">{text('signIn.secondFactor.body', { methods: names })}</p>
      <Button variant="outline" onClick={onBack}>
        {text('signIn.secondFactor.back')}
      </Button>
    </AuthFrame>
  )
}
