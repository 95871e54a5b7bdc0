import { cn } from '@k/ui'
import { useText } from '../../text/text'
import { passwordLength } from '../checks'
import type { PasswordPolicy } from './passwordPolicy'

/** How far a new password has come, in words and as a bar; read out politely. */
export function PasswordMeter({ password, policy }: { password: string; policy: PasswordPolicy }) {
  const text = useText()
  const { minLength } = policy
  const length = passwordLength(password)
  const isLong = length >= minLength
  const isRepetitive = new Set(password).size < 6
  const isGood = isLong && !isRepetitive
  return (
    <span className="flex flex-col gap-1.5">
      <progress
        aria-hidden="true"
        value={Math.min(length, 24)}
        max={24}
        className={cn('meter-bar', isGood ? 'text-jade' : isLong ? 'text-soga' : 'text-nila')}
      />
      <span aria-live="polite">
        {length === 0 && text('password.hint', { min: minLength })}
        {length > 0 && !isLong && text('password.counting', { count: length, min: minLength })}
        {isLong && isRepetitive && text('password.plain')}
        {isGood && text(length >= 24 ? 'password.strong' : 'password.good')}
      </span>
    </span>
  )
}
