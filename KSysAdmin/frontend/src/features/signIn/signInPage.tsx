import { Alert, Form, FormProblem, Mark, PasswordField, Preferences, safeReturnPath, SubmitButton, TextField, useForm, usePageTitle } from '@k/ui'
import { useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate, useRouter } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import type { SignIn } from '../../api/types'
import { useText } from '../../text/text'
import { EnrollFactor } from './enrollFactor'
import { RecoveryCodes } from './recoveryCodes'
import { SecondFactor } from './secondFactor'
import { useSignIn } from './signInQueries'

const route = getRouteApi('/sign-in')

type Step = { kind: 'password' } | { kind: 'factor'; signIn: SignIn } | { kind: 'recoveryCodes'; codes: readonly string[] }

/** Password first, then the second step that every administrator has, or sets up now. */
export function SignInPage() {
  const navigate = useNavigate()
  const router = useRouter()
  const queryClient = useQueryClient()
  const { next } = route.useSearch()
  const [step, setStep] = useState<Step>({ kind: 'password' })

  async function enter(): Promise<void> {
    queryClient.clear()
    const path = safeReturnPath(next, ['/admin'])
    if (path === null) await navigate({ to: '/' })
    else router.history.push(path)
  }

  function onEnrolled(codes: readonly string[]): void {
    setStep({ kind: 'recoveryCodes', codes })
  }

  if (step.kind === 'recoveryCodes') return <RecoveryCodes codes={step.codes} onKept={() => void enter()} />
  if (step.kind === 'password') return <Password hasEnded={next !== undefined} onAccepted={(signIn) => setStep({ kind: 'factor', signIn })} />
  const restart = () => setStep({ kind: 'password' })
  return step.signIn.status === 'enrollmentRequired' ? (
    <EnrollFactor signIn={step.signIn} onEnrolled={onEnrolled} onRestart={restart} />
  ) : (
    <SecondFactor signIn={step.signIn} onSignedIn={enter} onRestart={restart} />
  )
}

function Password({ hasEnded, onAccepted }: { hasEnded: boolean; onAccepted: (signIn: SignIn) => void }) {
  const text = useText()
  const signIn = useSignIn()
  const form = useForm({
    initial: { email: '', password: '' },
    validate: (values) => ({
      ...(values.email.trim() === '' && { email: text('kit.required') }),
      ...(values.password === '' && { password: text('kit.required') }),
    }),
    submit: async (values) => onAccepted(await signIn.mutateAsync({ email: values.email.trim(), password: values.password })),
  })
  return (
    <SignInFrame title={text('signIn.title')} lead={text('signIn.lead')}>
      {hasEnded && <Alert>{text('signIn.sessionEnded')}</Alert>}
      {!navigator.cookieEnabled && <Alert tone="brick">{text('kit.cookiesBlocked')}</Alert>}
      <Form form={form}>
        <TextField form={form} name="email" label={text('field.email')} type="email" autoComplete="username" spellCheck={false} />
        <PasswordField form={form} name="password" label={text('field.password')} autoComplete="current-password" />
        <FormProblem form={form} />
        <SubmitButton form={form}>{text('signIn.submit')}</SubmitButton>
      </Form>
    </SignInFrame>
  )
}

export function SignInFrame(props: { title: string; lead?: string; children: ReactNode }) {
  usePageTitle(props.title)
  return (
    <div className="flex flex-1 flex-col">
      <div aria-hidden="true" className="pattern-kawung absolute inset-x-0 top-0 -z-10 h-64 bg-vat" />
      <header className="flex items-center justify-between px-4 py-4 sm:px-6">
        <Mark className="size-8 rounded-lg ring-1 ring-white/25" />
        <div className="[&_button]:text-white/85 [&_button:hover]:bg-white/12 [&_button:hover]:text-white">
          <Preferences />
        </div>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-[28rem] flex-1 px-4 pt-[6vh] pb-16 outline-none">
        <div className="flex flex-col gap-6 rounded-card border border-line bg-surface p-6 shadow-card sm:p-8">
          <div className="flex flex-col gap-1">
            <h1 className="text-2xl font-semibold">{props.title}</h1>
            {props.lead !== undefined && <p className="text-ink-soft">{props.lead}</p>}
          </div>
          {props.children}
        </div>
      </main>
    </div>
  )
}
