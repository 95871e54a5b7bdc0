import {
  browserSupportsWebAuthnAutofill,
  startAuthentication,
  startRegistration,
  WebAuthnAbortService,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser'
import { ProblemError } from '@k/ui'
import type { Assertion, Attestation, CreationOptions, RequestOptions } from '../../api/types'

// only one ceremony runs at a time: a new one ends the one before
let isOffering = false

/** The signature of a passkey that the person picks. Rejects with a problem whose code says why there is none. */
export function signWithPasskey(options: RequestOptions): Promise<Assertion> {
  isOffering = false
  return (startAuthentication({ optionsJSON: toSign(options) }) as Promise<Assertion>).catch(explain)
}

/** A new passkey on an authenticator that the person picks. Rejects as `signWithPasskey` does. */
export function createPasskey(options: CreationOptions): Promise<Attestation> {
  isOffering = false
  return (startRegistration({ optionsJSON: options as PublicKeyCredentialCreationOptionsJSON }) as Promise<Attestation>).catch(explain)
}

export { browserSupportsWebAuthnAutofill as canAutofill }

/** Offers passkeys in the autofill of the address field until another ceremony begins; then, or when it fails, null. */
export function awaitAutofill(options: RequestOptions): Promise<Assertion | null> {
  isOffering = true
  return (startAuthentication({ optionsJSON: toSign(options), useBrowserAutofill: true }) as Promise<Assertion>).catch(() => null)
}

export function endAutofill(): void {
  if (isOffering) WebAuthnAbortService.cancelCeremony()
  isOffering = false
}

/** The same JSON; the library's type also knows extensions that are no JSON. */
function toSign(options: RequestOptions): PublicKeyCredentialRequestOptionsJSON {
  return options as PublicKeyCredentialRequestOptionsJSON
}

const CODES: Readonly<Record<string, string>> = {
  NotAllowedError: 'client.passkeyCancelled',
  AbortError: 'client.passkeyCancelled',
  InvalidStateError: 'client.passkeyExists',
  ConstraintError: 'client.passkeyUnsuitable',
  NotSupportedError: 'client.passkeyUnsuitable',
}

function explain(error: unknown): never {
  const name = error instanceof Error ? error.name : ''
  throw new ProblemError({ title: 'No passkey was used', status: 0, code: CODES[name] ?? 'client.passkeyFailed' })
}
