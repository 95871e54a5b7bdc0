import { PasswordMeter as Meter, unwrap, type PasswordLengths } from '@k/ui'
import { useCallback } from 'react'
import { api } from '../../api/client'

/** How far a new password has come, as the rules judge it that decide when it is chosen; the link tells whose it is. */
export function PasswordMeter({ password, lengths, token }: { password: string; lengths: PasswordLengths; token: string }) {
  const ask = useCallback(
    (asked: string, signal: AbortSignal) => unwrap(api.POST('/api/admin/auth/password/strength', { body: { password: asked, token }, signal })),
    [token],
  )
  return <Meter password={password} lengths={lengths} ask={ask} />
}
