import { unwrap } from '@k/ui'
import { api } from '../../api/client'
import type { Assertion, FactorProof, SecondFactorRequired, SignedIn } from '../../api/types'
import { withProof } from '../../api/withProof'

export function signIn(email: string, password: string): Promise<SignedIn | SecondFactorRequired> {
  return withProof('login', (work) => api.POST('/api/auth/login', { body: { email, password, client: 'browser', ...work } }))
}

export function signInWithFactor(challengeId: string, proof: FactorProof): Promise<SignedIn | SecondFactorRequired> {
  return unwrap(api.POST('/api/auth/login/second-factor', { body: { challengeId, ...proof } }))
}

export function signInWithPasskey(assertion: Assertion): Promise<SignedIn> {
  return unwrap(api.POST('/api/auth/passkeys/authentication/verify', { body: { ...assertion, client: 'browser' } }))
}

/** What a passkey has to sign: of whoever it belongs to, of the one whose sign-in is under way, or of an address. */
export function passkeyOptions(whose: { challengeId?: string; email?: string } = {}) {
  return unwrap(api.POST('/api/auth/passkeys/authentication/options', { body: whose }))
}
