import { Card, CardBody, CardHeader, cn, Time } from '@k/ui'
import type { Payment, PaymentStatus } from '../../api/types'
import { useText, type TextKey } from '../../text/text'
import { isSettled } from './paymentStatus'

interface Step {
  key: TextKey
  at: string | null
  state: 'done' | 'current' | 'stopped'
}

const NOW: Record<PaymentStatus, Omit<Step, 'at'>> = {
  awaitingPayment: { key: 'detail.waiting', state: 'current' },
  partiallyFunded: { key: 'detail.partly', state: 'current' },
  unknown: { key: 'detail.unknown', state: 'current' },
  paid: { key: 'detail.paid', state: 'done' },
  expired: { key: 'detail.expired', state: 'stopped' },
  cancelled: { key: 'detail.cancelled', state: 'stopped' },
  failed: { key: 'detail.failed', state: 'stopped' },
}

export function stepsOf(payment: Payment): Step[] {
  const at = payment.status === 'paid' ? (payment.paidAt ?? null) : payment.status === 'expired' ? payment.expiresAt : null
  return [
    { key: 'detail.created', at: payment.createdAt, state: 'done' },
    { ...NOW[payment.status], at },
  ]
}

const DOTS: Record<Step['state'], string> = {
  done: 'bg-jade border-jade',
  current: 'bg-surface border-nila animate-pulse',
  stopped: 'bg-surface border-line-strong',
}

export function PaymentHistory({ payment }: { payment: Payment }) {
  const text = useText()
  const steps = stepsOf(payment)
  return (
    <Card aria-labelledby="history">
      <CardHeader id="history" title={text('detail.history')} {...(!isSettled(payment.status) && { description: text('detail.live') })} />
      <CardBody>
        <ol className="flex flex-col">
          {steps.map((step, index) => (
            <li key={step.key} className="relative flex gap-4 pb-6 last:pb-0">
              {index < steps.length - 1 && <span aria-hidden="true" className="absolute top-4 bottom-[-0.25rem] left-[0.4375rem] w-0.5 bg-line" />}
              <span aria-hidden="true" className={cn('relative mt-1 size-4 shrink-0 rounded-full border-2', DOTS[step.state])} />
              <span className="flex flex-col">
                <span className="font-medium">{text(step.key)}</span>
                {step.at !== null && (
                  <span className="text-sm text-ink-soft">
                    <Time at={step.at} />
                  </span>
                )}
              </span>
            </li>
          ))}
        </ol>
      </CardBody>
    </Card>
  )
}
