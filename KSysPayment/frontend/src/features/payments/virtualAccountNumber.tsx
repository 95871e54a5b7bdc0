import { cn } from '@k/ui'
import type { Briva } from '../../api/types'
import { digitsOf, groupDigits } from './virtualAccount'

/** The number in groups for eyes, digit by digit for screen readers, and without gaps when selected and copied. */
export function VirtualAccountNumber({ briva, className }: { briva: Briva; className?: string }) {
  const digits = digitsOf(briva.virtualAccountNo)
  return (
    <>
      <span className="sr-only">{Array.from(digits).join(' ')}</span>
      <span aria-hidden="true" data-testid="virtualAccountNo" className={cn('digits flex flex-wrap gap-x-[0.4em] select-all', className)}>
        {groupDigits(digits, digitsOf(briva.partnerServiceId)).map((group, index) => (
          <span key={`${index}-${group}`}>{group}</span>
        ))}
      </span>
    </>
  )
}
