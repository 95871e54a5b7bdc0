import { cn } from '@k/ui'
import { digitsOf, groupDigits } from './virtualAccount'

/** The number in groups for eyes, digit by digit for screen readers, and without gaps when selected and copied. */
export function VirtualAccountNumber({ number, className }: { number: string; className?: string }) {
  const digits = digitsOf(number)
  return (
    <>
      <span className="sr-only">{Array.from(digits).join(' ')}</span>
      <span aria-hidden="true" data-testid="virtualAccountNo" className={cn('digits flex flex-wrap gap-x-[0.4em] select-all', className)}>
        {groupDigits(digits).map((group, index) => (
          <span key={`${index}-${group}`}>{group}</span>
        ))}
      </span>
    </>
  )
}
