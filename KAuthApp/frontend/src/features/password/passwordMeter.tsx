import { PasswordMeter as Meter, unwrap } from '@k/ui'
import { useCallback } from 'react'
import { api } from '../../api/client'
import type { PasswordPolicy } from '../../api/types'
import { isEmail } from '../checks'

interface PasswordMeterProps {
  password: string
  policy: PasswordPolicy
  /** The person's address and name: the first that a guesser tries. */
  email: string
  fullName?: string | null
}

/** How far a new password has come, as the rules judge it that decide when it is sent. */
export function PasswordMeter({ password, policy, email, fullName }: PasswordMeterProps) {
  // half an address is none yet
  const address = isEmail(email) ? email.trim() : null
  const name = fullName?.trim() ?? null
  const ask = useCallback(
    (asked: string, signal: AbortSignal) =>
      unwrap(api.POST('/api/auth/password/strength', { body: { password: asked, email: address, fullName: name }, signal })),
    [address, name],
  )
  return <Meter password={password} lengths={policy} ask={ask} />
}
