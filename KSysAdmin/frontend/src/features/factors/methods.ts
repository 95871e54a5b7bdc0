import type { TextKey } from '../../text/text'

/** The ways to prove who one is beside the password. */
export type ProofMethod = 'passkey' | 'totp' | 'recoveryCode'

interface MethodWords {
  name: TextKey
  lead: TextKey
}

export const METHOD_WORDS: Readonly<Record<ProofMethod, MethodWords>> = {
  passkey: { name: 'method.passkey', lead: 'factor.passkeyLead' },
  totp: { name: 'method.totp', lead: 'factor.lead' },
  recoveryCode: { name: 'method.recoveryCode', lead: 'factor.recoveryLead' },
}

// what is quickest and hardest to phish comes first; a recovery code is for when the rest is gone
const ORDER: readonly ProofMethod[] = ['passkey', 'totp', 'recoveryCode']

/** The offered methods that this browser can do, best first. Methods it has never heard of are left out. */
export function usableMethods(offered: readonly string[], canPasskey: boolean): ProofMethod[] {
  return ORDER.filter((method) => offered.includes(method) && (method !== 'passkey' || canPasskey))
}

/** What this administrator has to show, whichever of it. */
export function methodsOf(own: { totp: boolean; passkeys: number; recoveryCodesLeft: number }): ProofMethod[] {
  return ORDER.filter((method) => ({ passkey: own.passkeys > 0, totp: own.totp, recoveryCode: own.recoveryCodesLeft > 0 })[method])
}
