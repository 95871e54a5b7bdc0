import { Alert, Form, FormProblem, PasswordField, SubmitButton, TextField, useForm } from '@k/ui'
import type { SecondFactorRequired, SignedIn } from '../../api/types'
import { pathWith } from '../../navigation'
import { useText } from '../../text/text'
import { AuthFrame } from '../authFrame'
import { checkEmail, onlyProblems } from '../checks'
import { TextLink } from '../textLink'
import type { Notice } from './notices'
import { PasskeySignIn } from './passkeySignIn'
import { signIn } from './signInCalls'

interface PasswordStepProps {
  email: string
  notice: Notice | null
  onAnswer: (email: string, answer: SignedIn | SecondFactorRequired) => Promise<void>
  /** Rethrows what the form itself should say. */
  onRefused: (email: string, error: unknown) => void
  onPasskey: () => Promise<void>
}

export function PasswordStep({ email, notice, onAnswer, onRefused, onPasskey }: PasswordStepProps) {
  const text = useText()
  const form = useForm({
    initial: { email, password: '' },
    validate: (values) =>
      onlyProblems({ email: checkEmail(text, values.email), password: values.password === '' ? text('kit.required') : undefined }),
    submit: async (values) => {
      const address = values.email.trim()
      await signIn(address, values.password).then(
        (answer) => onAnswer(address, answer),
        (error: unknown) => onRefused(address, error),
      )
    },
  })

  return (
    <AuthFrame
      title={text('signIn.title')}
      lead={text('signIn.lead')}
      footer={
        <>
          {text('signIn.noAccount')} <TextLink to="/register">{text('signIn.register')}</TextLink>
        </>
      }
    >
      {notice !== null && <Alert tone={notice.tone}>{text(notice.text)}</Alert>}
      {!navigator.cookieEnabled && <Alert tone="brick">{text('kit.cookiesBlocked')}</Alert>}
      <Form form={form}>
        <TextField
          form={form}
          name="email"
          label={text('field.email')}
          type="email"
          autoComplete="username webauthn"
          autoCapitalize="none"
          spellCheck={false}
        />
        <PasswordField form={form} name="password" label={text('field.password')} autoComplete="current-password" />
        <FormProblem form={form} />
        <SubmitButton form={form}>{text('signIn.submit')}</SubmitButton>
        <TextLink to={pathWith('/forgot-password', { email: form.values.email.trim() })} className="self-center text-[0.95rem]">
          {text('signIn.forgot')}
        </TextLink>
      </Form>
      <PasskeySignIn onSignedIn={onPasskey} />
    </AuthFrame>
  )
}
