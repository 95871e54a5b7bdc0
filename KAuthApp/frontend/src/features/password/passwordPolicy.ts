import { unwrap, USUAL_LENGTHS } from '@k/ui'
import { useEffect, useState } from 'react'
import { api } from '../../api/client'
import type { PasswordPolicy } from '../../api/types'

let asked: Promise<PasswordPolicy> | undefined

function askOnce(): Promise<PasswordPolicy> {
  asked ??= unwrap(api.GET('/api/auth/password-policy')).catch(() => {
    asked = undefined
    return USUAL_LENGTHS
  })
  return asked
}

/** How long a password has to be here. The server checks again and has the last word. */
export function usePasswordPolicy(): PasswordPolicy {
  const [policy, setPolicy] = useState<PasswordPolicy>(USUAL_LENGTHS)
  useEffect(() => {
    let isGone = false
    void askOnce().then((told) => isGone || setPolicy(told))
    return () => {
      isGone = true
    }
  }, [])
  return policy
}
