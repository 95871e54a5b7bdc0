import { cn } from '@k/ui'
import type { PasswordPolicy } from '../../api/types'
import { useText, type TextKey } from '../../text/text'
import { passwordLength } from '../checks'
import { weaknessOf } from './weakness'

interface PasswordMeterProps {
  password: string
  policy: PasswordPolicy
  /** The person's address and name: the first that a guesser tries. */
  ownWords: readonly string[]
}

const STRONG_LENGTH = 24

/** How far a new password has come, in words and as a bar; read out politely. */
export function PasswordMeter({ password, policy, ownWords }: PasswordMeterProps) {
  const text = useText()
  const length = passwordLength(password)
  const { tone, key } = judge(password, length, policy, ownWords)
  return (
    <span className="flex flex-col gap-1.5">
      <progress aria-hidden="true" value={Math.min(length, STRONG_LENGTH)} max={STRONG_LENGTH} className={cn('meter-bar', tone)} />
      <span aria-live="polite">{text(key, { min: policy.minLength, count: length })}</span>
    </span>
  )
}

function judge(password: string, length: number, policy: PasswordPolicy, ownWords: readonly string[]): { tone: string; key: TextKey } {
  if (length === 0) return { tone: 'text-nila', key: 'password.hint' }
  if (length < policy.minLength) return { tone: 'text-nila', key: 'password.counting' }
  const weakness = weaknessOf(password, ownWords)
  if (weakness !== null) return { tone: 'text-soga', key: `password.${weakness}` }
  return { tone: 'text-jade', key: length >= STRONG_LENGTH ? 'password.strong' : 'password.good' }
}
