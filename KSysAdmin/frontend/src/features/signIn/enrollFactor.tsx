import { Button, Form, FormProblem, SubmitButton, TextField, unwrap, useForm } from '@k/ui'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api/client'
import type { EnrollPasskey, SignIn } from '../../api/types'
import { useText } from '../../text/text'
import { createPasskey, knowsPasskeys } from '../passkeys/passkeys'
import { EnrollTotp } from './enrollTotp'
import { SignInFrame } from './signInPage'

interface EnrollFactorProps {
  signIn: SignIn
  onEnrolled: (recoveryCodes: readonly string[]) => void
  onRestart: () => void
}

/** The first second factor: an authenticator app, or a passkey where the site and the browser know them. */
export function EnrollFactor({ signIn, onEnrolled, onRestart }: EnrollFactorProps) {
  const text = useText()
  const [isPasskey, setIsPasskey] = useState(false)
  const { challengeId } = signIn
  if (isPasskey) return <PasskeyStep challengeId={challengeId} onEnrolled={onEnrolled} onTotp={() => setIsPasskey(false)} />
  const canPasskey = signIn.methods.includes('passkey') && knowsPasskeys()
  return (
    <EnrollTotp challengeId={challengeId} onEnrolled={onEnrolled} onRestart={onRestart}>
      {canPasskey && (
        <Button variant="quiet" onClick={() => setIsPasskey(true)}>
          {text('enroll.usePasskey')}
        </Button>
      )}
    </EnrollTotp>
  )
}

interface PasskeyStepProps {
  challengeId: string
  onEnrolled: (recoveryCodes: readonly string[]) => void
  onTotp: () => void
}

function PasskeyStep({ challengeId, onEnrolled, onTotp }: PasskeyStepProps) {
  const text = useText()
  const form = useForm({
    initial: { name: text('passkeys.firstName') },
    validate: ({ name }) => (name.trim() === '' ? { name: text('kit.required') } : {}),
    submit: async ({ name }) => onEnrolled(await enrollPasskey(challengeId, name.trim())),
  })
  return (
    <SignInFrame title={text('enroll.title')} lead={text('enroll.passkeyLead')}>
      <Form form={form}>
        <TextField form={form} name="name" label={text('passkeys.name')} hint={text('passkeys.nameHint')} maxLength={100} autoComplete="off" />
        <FormProblem form={form} />
        <SubmitButton form={form}>
          <KeyRound aria-hidden="true" className="size-4.5" />
          {text('passkeys.create')}
        </SubmitButton>
        <Button variant="quiet" onClick={onTotp}>
          {text('enroll.useTotp')}
        </Button>
      </Form>
    </SignInFrame>
  )
}

async function enrollPasskey(challengeId: string, name: string): Promise<readonly string[]> {
  const options = await unwrap(api.POST('/api/admin/auth/passkeys/enrollment/options', { body: { challengeId } }))
  const created = await createPasskey<Omit<EnrollPasskey, 'name' | 'challengeId'>>(options)
  const answer = await unwrap(api.POST('/api/admin/auth/passkeys/enrollment/verify', { body: { ...created, name, challengeId } }))
  return answer.recoveryCodes ?? []
}
