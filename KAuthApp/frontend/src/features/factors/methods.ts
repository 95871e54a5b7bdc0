import type { TextKey } from '../../text/text'

/** The ways to prove who one is after the address is known. */
export type ProofMethod = 'passkey' | 'totp' | 'emailCode' | 'recoveryCode' | 'password'

interface MethodWords {
  name: TextKey
  lead: TextKey
}

export const METHOD_WORDS: Readonly<Record<ProofMethod, MethodWords>> = {
  passkey: { name: 'method.passkey', lead: 'factor.passkeyLead' },
  totp: { name: 'method.totp', lead: 'factor.totpLead' },
  emailCode: { name: 'method.emailCode', lead: 'factor.emailCodeLead' },
  recoveryCode: { name: 'method.recoveryCode', lead: 'factor.recoveryCodeLead' },
  password: { name: 'method.password', lead: 'factor.passwordLead' },
}

// what is quickest and hardest to phish comes first; a recovery code is for when the rest is gone
const ORDER: readonly ProofMethod[] = ['passkey', 'totp', 'password', 'emailCode', 'recoveryCode']

/** The offered methods that this browser can do, best first. Methods it has never heard of are left out. */
export function usableMethods(offered: readonly string[], canPasskey: boolean): ProofMethod[] {
  return ORDER.filter((method) => offered.includes(method) && (method !== 'passkey' || canPasskey))
}
