import { cn } from '../lib/cn'
import { passwordLength, type PasswordLengths } from './newPassword'
import { usePasswordText, type PasswordKey } from './passwordText'
import { usePasswordFieldText } from './usePasswordFieldText'
import { usePasswordStrength, type AskStrength, type PasswordStrength } from './usePasswordStrength'

interface PasswordMeterProps {
  password: string
  lengths: PasswordLengths
  /** Asks the server that will take the password or refuse it; another function is asked again, so keep it. */
  ask: AskStrength
}

interface Look {
  tone: string
  value: number
  key?: PasswordKey
  reason?: string | undefined
}

const BEST_SCORE = 4
const BY_SCORE: readonly PasswordKey[] = ['password.fair', 'password.fair', 'password.fair', 'password.good', 'password.strong']

/** How far a new password has come, in words and as a bar; read out politely. A server that does not answer is not mentioned. */
export function PasswordMeter({ password, lengths, ask }: PasswordMeterProps) {
  const text = usePasswordText()
  const refusalText = usePasswordFieldText()
  const length = passwordLength(password)
  const isLongEnough = length >= lengths.minLength && length <= lengths.maxLength
  const strength = usePasswordStrength(ask, isLongEnough ? password : null)
  const { tone, value, key, reason } = strength === null ? lookOfLength(length, lengths) : lookOf(strength, refusalText)
  const sentence = key && text(key, { min: lengths.minLength, max: lengths.maxLength, count: length, reason: reason ?? '' }).trim()
  return (
    <span className="flex flex-col gap-1.5" data-score={strength?.score}>
      <progress aria-hidden="true" value={value} max={BEST_SCORE} className={cn('meter-bar', tone)} />
      <span aria-live="polite" className="min-h-5">
        {sentence}
      </span>
    </span>
  )
}

function lookOfLength(length: number, { minLength, maxLength }: PasswordLengths): Look {
  if (length === 0) return { tone: 'text-nila', value: 0, key: 'password.hint' }
  if (length < minLength) return { tone: 'text-nila', value: length / minLength, key: 'password.counting' }
  return length > maxLength ? { tone: 'text-soga', value: 1, key: 'password.long' } : { tone: 'text-nila', value: 1 }
}

function lookOf({ score, isAccepted, reasons }: PasswordStrength, refusalText: ReturnType<typeof usePasswordFieldText>): Look {
  if (isAccepted) return { tone: 'text-jade', value: score, key: BY_SCORE[score] ?? 'password.fair' }
  const reason = reasons[0]
  return { tone: 'text-soga', value: 1, key: 'password.weak', reason: refusalText(reason?.code, 'password', reason?.message) }
}
