import { useEffect, useState } from 'react'

/** How soon a server says a password would be guessed, 0 to 4, and why it would not be taken. */
export interface PasswordStrength {
  score: number
  isAccepted: boolean
  reasons: readonly { code: string; message: string }[]
}

export type AskStrength = (password: string, signal: AbortSignal) => Promise<PasswordStrength>

interface Answer {
  ask: AskStrength
  password: string
  strength: PasswordStrength
}

const QUIET_MS = 300

/**
 * Asks once the typing has paused. An answer counts for the password it was given for and for no other; where none comes,
 * whatever the cause, there is none. What `ask` asks with besides the password is asked anew when `ask` is another one.
 */
export function usePasswordStrength(ask: AskStrength, password: string | null): PasswordStrength | null {
  const [answer, setAnswer] = useState<Answer | null>(null)

  useEffect(() => {
    if (password === null) return
    const control = new AbortController()
    const timer = setTimeout(() => {
      ask(password, control.signal).then(
        (strength) => control.signal.aborted || setAnswer({ ask, password, strength }),
        () => undefined,
      )
    }, QUIET_MS)
    return () => {
      clearTimeout(timer)
      control.abort()
    }
  }, [ask, password])

  return answer !== null && answer.ask === ask && answer.password === password ? answer.strength : null
}
