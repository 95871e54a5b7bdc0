import { PasswordMeter as Meter, unwrap, type PasswordLengths } from '@k/ui'
import { useCallback } from 'react'
import { api } from '../../api/client'

interface PasswordMeterProps {
  password: string
  lengths: PasswordLengths
  /** Whose it is to be: by the one-time link, or by the address. */
  token?: string | null
  email?: string
}

/** How far a new password has come, as the rules judge it that decide when it is chosen. */
export function PasswordMeter({ password, lengths, token = null, email = '' }: PasswordMeterProps) {
  const ask = useCallback(
    (asked: string, signal: AbortSignal) => unwrap(api.POST('/api/admin/auth/password/strength', { body: { password: asked, token, email }, signal })),
    [token, email],
  )
  return <Meter password={password} lengths={lengths} ask={ask} />
}
