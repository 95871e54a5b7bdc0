import { cn, splitDuration, Time, useCountdown } from '@k/ui'
import { useText } from '../../text/text'

/** Time left to pay. Screen readers get the moment itself, not a number that changes every second. */
export function Countdown({ until }: { until: string }) {
  const text = useText()
  const left = useCountdown(until)
  const { days, clock } = splitDuration(left)
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2 rounded-control bg-sunken px-4 py-3">
      <div className="flex flex-col">
        <span className="text-sm text-ink-soft">{text('checkout.until')}</span>
        <span className="font-medium">
          <Time at={until} />
        </span>
      </div>
      <div aria-hidden="true" className="flex flex-col text-right">
        <span className="text-sm text-ink-soft">{text('checkout.left')}</span>
        <span className={cn('digits text-lg font-medium', left < 600 && 'text-brick')}>
          {days > 0 && `${text('checkout.days', { days })} `}
          {clock}
        </span>
      </div>
    </div>
  )
}
