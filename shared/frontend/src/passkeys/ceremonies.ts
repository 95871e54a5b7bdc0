import {
  browserSupportsWebAuthnAutofill,
  startAuthentication,
  startRegistration,
  WebAuthnAbortService,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser'
import { ProblemError } from '../api/problem'

/** Options and answers are JSON as WebAuthn Level 3 has it; each app knows them by the types of its own server. */
type Json = object

// only one ceremony runs at a time: a new one ends the one before
let isOffering = false

/** The signature of a passkey that the person picks. Rejects with a problem whose code says why there is none. */
export function signWithPasskey(options: Json): Promise<Json> {
  isOffering = false
  return startAuthentication({ optionsJSON: options as PublicKeyCredentialRequestOptionsJSON }).catch(explain)
}

/** A new passkey on an authenticator that the person picks. Rejects as `signWithPasskey` does. */
export function createPasskey(options: Json): Promise<Json> {
  isOffering = false
  return startRegistration({ optionsJSON: options as PublicKeyCredentialCreationOptionsJSON }).catch(explain)
}

export { browserSupportsWebAuthnAutofill as canAutofill }

/** Offers passkeys in the autofill of the address field until another ceremony begins; then, or when it fails, null. */
export function awaitAutofill(options: Json): Promise<Json | null> {
  isOffering = true
  return startAuthentication({ optionsJSON: options as PublicKeyCredentialRequestOptionsJSON, useBrowserAutofill: true }).catch(() => null)
}

export function endAutofill(): void {
  if (isOffering) WebAuthnAbortService.cancelCeremony()
  isOffering = false
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
