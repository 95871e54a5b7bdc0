import type { Mfa } from '../../api/types'
import type { ProofMethod } from '../factors/methods'

/** Who has a second factor proves it by that; the password alone is for those who have none. */
export function waysToProve(mfa: Mfa): ProofMethod[] {
  const factors: ProofMethod[] = [...(mfa.passkeys > 0 ? (['passkey'] as const) : []), ...(mfa.totp ? (['totp'] as const) : [])]
  if (factors.length === 0) return ['password']
  return mfa.recoveryCodesLeft > 0 ? [...factors, 'recoveryCode'] : factors
}
