import { Alert, CodeField, Form, FormProblem, hasCode, PasswordField, SubmitButton, TextField, useForm } from '@k/ui'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { pathWith, useSearchText } from '../../navigation'
import { useText } from '../../text/text'
import { AuthFrame } from '../authFrame'
import { checkCode, checkEmail, onlyProblems } from '../checks'
import { signIn } from '../signIn/signInCalls'
import { TextLink } from '../textLink'
import { passwordJustChosen, verifyEmail } from './registrationCalls'
import { ResendCode } from './resendCode'

/** Reached after registering and from the mailed link. Opening it spends nothing: the code counts when it is sent. */
export function VerifyPage() {
  const text = useText()
  const [, navigate] = useLocation()
  const search = useSearchText('email')
  const [isPasswordAsked, setIsPasswordAsked] = useState(false)
  const form = useForm({
    initial: { email: search.email ?? '', code: '', password: '' },
    validate: (values) =>
      onlyProblems({
        email: checkEmail(text, values.email),
        code: checkCode(text, values.code),
        password: isPasswordAsked && values.password === '' ? text('kit.required') : undefined,
      }),
    submit: async (values) => {
      const email = values.email.trim()
      const password = isPasswordAsked ? values.password : passwordJustChosen(email)
      try {
        await verifyEmail({ email, code: values.code, password })
        navigate(await placeAfterwards(email, password))
      } catch (error) {
        if (!hasCode(error, 'auth.passwordRequired')) throw error
        setIsPasswordAsked(true)
      }
    },
  })

  return (
    <AuthFrame
      title={text('verify.title')}
      lead={search.email === undefined ? text('verify.leadUnknown') : text('verify.lead', { email: search.email })}
      footer={<TextLink to="/sign-in">{text('back.signIn')}</TextLink>}
    >
      <Form form={form}>
        {search.email === undefined ? (
          <TextField form={form} name="email" label={text('field.email')} type="email" autoComplete="username" autoCapitalize="none" spellCheck={false} />
        ) : (
          <input type="email" name="username" value={search.email} readOnly autoComplete="username" hidden />
        )}
        <CodeField form={form} name="code" label={text('field.code')} />
        {isPasswordAsked && (
          <>
            <Alert tone="nila">{text('verify.passwordAsked')}</Alert>
            <PasswordField form={form} name="password" label={text('field.password')} autoComplete="current-password" />
          </>
        )}
        <FormProblem form={form} />
        <SubmitButton form={form}>{text('verify.submit')}</SubmitButton>
      </Form>
      <ResendCode email={form.values.email.trim()} />
    </AuthFrame>
  )
}

/** Straight into the account while the password is still known here; else to the sign-in page. */
async function placeAfterwards(email: string, password: string | null): Promise<string> {
  const signInPath = pathWith('/sign-in', { email, notice: 'verified' })
  if (password === null) return signInPath
  const answer = await signIn(email, password).catch(() => null)
  return answer?.status === 'authenticated' ? '/' : signInPath
}
