import { cn } from '@k/ui'
import { useText } from '../text/text'
import { PASSWORD_MIN_LENGTH, passwordLength } from './checks'

/** How far a new password has come, in words and as a bar; read out politely. */
export function PasswordMeter({ password }: { password: string }) {
  const text = useText()
  const length = passwordLength(password)
  const isLong = length >= PASSWORD_MIN_LENGTH
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
        {length === 0 && text('password.hint')}
        {length > 0 && !isLong && text('password.counting', { count: length })}
        {isLong && isRepetitive && text('password.plain')}
        {isGood && text(length >= 24 ? 'password.strong' : 'password.good')}
      </span>
    </span>
  )
}
