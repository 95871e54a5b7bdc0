import { Form, FormProblem, SubmitButton, useForm } from '@k/ui'
import { KeyRound } from 'lucide-react'
import type { Assertion } from '../../api/types'
import { useText } from '../../text/text'
import { knowsPasskeys, loadCeremonies } from '../passkeys/passkeySupport'
import { passkeyOptions, signInWithPasskey } from './signInCalls'
import { usePasskeyAutofill } from './usePasskeyAutofill'

/** A button that needs neither address nor password, and the same by autofill of the address field. */
export function PasskeySignIn({ onSignedIn }: { onSignedIn: () => Promise<void> }) {
  return knowsPasskeys() ? <KnownPasskeySignIn onSignedIn={onSignedIn} /> : null
}

function KnownPasskeySignIn({ onSignedIn }: { onSignedIn: () => Promise<void> }) {
  const text = useText()

  async function enter(assertion: Assertion): Promise<void> {
    await signInWithPasskey(assertion)
    await onSignedIn()
  }

  const form = useForm({ initial: {}, submit: () => askForPasskey().then(enter) })
  usePasskeyAutofill(!form.isSubmitting, (assertion) => void form.run(() => enter(assertion)))

  return (
    <Form form={form} className="-mt-2 flex flex-col gap-5">
      <p aria-hidden="true" className="flex items-center gap-3 text-sm text-ink-soft before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        {text('signIn.or')}
      </p>
      <FormProblem form={form} />
      <SubmitButton form={form} variant="outline">
        <KeyRound aria-hidden="true" className="size-4.5" />
        {text('signIn.passkey')}
      </SubmitButton>
    </Form>
  )
}

async function askForPasskey(): Promise<Assertion> {
  const [options, { signWithPasskey }] = await Promise.all([passkeyOptions(), loadCeremonies()])
  return signWithPasskey(options)
}
