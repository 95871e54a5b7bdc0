import type { Mfa } from '../../api/types'

export type Protection = 'basic' | 'good' | 'best'

const FEW_CODES = 3

/** How hard it is to be somebody else here. A passkey cannot be phished; a typed code can. */
export function protectionOf(mfa: Mfa): Protection {
  if (mfa.passkeys > 0) return 'best'
  return mfa.totp ? 'good' : 'basic'
}

export function hasSecondFactor(mfa: Mfa): boolean {
  return mfa.totp || mfa.passkeys > 0
}

export function areCodesFew(mfa: Mfa): boolean {
  return hasSecondFactor(mfa) && mfa.recoveryCodesLeft <= FEW_CODES
}
