import { unwrap } from '@k/ui'
import { useEffect, useState } from 'react'
import { api } from '../../api/client'
import type { PasswordPolicy } from '../../api/types'

// what the contract says; shown until the server has told its setting, and when it cannot
const USUAL: PasswordPolicy = { minLength: 15, maxLength: 128 }

let asked: Promise<PasswordPolicy> | undefined

function askOnce(): Promise<PasswordPolicy> {
  asked ??= unwrap(api.GET('/api/auth/password-policy')).catch(() => {
    asked = undefined
    return USUAL
  })
  return asked
}

/** How long a password has to be here. The server checks again and has the last word. */
export function usePasswordPolicy(): PasswordPolicy {
  const [policy, setPolicy] = useState(USUAL)
  useEffect(() => {
    let isGone = false
    void askOnce().then((told) => isGone || setPolicy(told))
    return () => {
      isGone = true
    }
  }, [])
  return policy
}
