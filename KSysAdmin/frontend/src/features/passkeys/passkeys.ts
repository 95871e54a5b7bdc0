import type { Assertion, CreationOptions, RequestOptions } from '../../api/types'

/** Whether this browser, on this origin, knows passkeys at all. */
export function knowsPasskeys(): boolean {
  return typeof globalThis.PublicKeyCredential === 'function'
}

// the part that talks to authenticators is loaded when it is first needed
const loadCeremonies = () => import('@k/ui/passkeys')

export async function signWithPasskey(options: RequestOptions): Promise<Assertion> {
  return (await (await loadCeremonies()).signWithPasskey(options)) as Assertion
}

/** What the server makes a passkey of; the caller gives it a name. */
export async function createPasskey<Attestation extends object>(options: CreationOptions): Promise<Attestation> {
  return (await (await loadCeremonies()).createPasskey(options)) as Attestation
}
