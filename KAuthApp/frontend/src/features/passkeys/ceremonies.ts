import {
  browserSupportsWebAuthnAutofill,
  startAuthentication,
  startRegistration,
  WebAuthnAbortService,
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/browser'
import { ProblemError } from '@k/ui'
import type { CreationOptions, RequestOptions } from '../../api/coming'

// only one ceremony runs at a time: a new one ends the one before
let isOffering = false

/** The signature of a passkey that the person picks. Rejects with a problem whose code says why there is none. */
export function signWithPasskey(optionsJSON: RequestOptions): Promise<AuthenticationResponseJSON> {
  isOffering = false
  return startAuthentication({ optionsJSON }).catch(explain)
}

/** A new passkey on an authenticator that the person picks. Rejects as `signWithPasskey` does. */
export function createPasskey(optionsJSON: CreationOptions): Promise<RegistrationResponseJSON> {
  isOffering = false
  return startRegistration({ optionsJSON }).catch(explain)
}

export { browserSupportsWebAuthnAutofill as canAutofill }

/** Offers passkeys in the autofill of the address field until another ceremony begins; then, or when it fails, null. */
export function awaitAutofill(optionsJSON: RequestOptions): Promise<AuthenticationResponseJSON | null> {
  isOffering = true
  return startAuthentication({ optionsJSON, useBrowserAutofill: true }).catch(() => null)
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
