import { Amount, Card, CopyButton, Time, cn } from '@k/ui'
import { Ban, Check, Clock, Hourglass } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Briva, Checkout, PaymentStatus } from '../../api/types'
import { useText, type TextKey } from '../../text/text'
import { digitsOf } from '../payments/virtualAccount'
import { VirtualAccountNumber } from '../payments/virtualAccountNumber'
import { Countdown } from './countdown'

/** The payment as a slip of paper: what and how much above the torn edge, where to pay or how it ended below. */
export function CheckoutSlip({ view }: { view: Checkout }) {
  const text = useText()
  const isPayable = (view.status === 'awaitingPayment' || view.status === 'partiallyFunded') && view.briva !== null
  return (
    <Card>
      <div className="flex flex-col gap-5 p-6 sm:p-8">
        <h1 className="sr-only">{text('checkout.title', { reference: view.reference })}</h1>
        <div className="flex flex-col gap-1">
          <span className="text-sm text-ink-soft">{text(view.status === 'paid' ? 'detail.amount' : 'checkout.toPay')}</span>
          <Amount money={view.amount} className="text-[2.4rem] leading-tight font-semibold tracking-tight" />
          {view.description !== null && <p className="mt-1 wrap-anywhere">{view.description}</p>}
        </div>
        <dl className="flex flex-wrap gap-x-10 gap-y-3 text-[0.95rem]">
          <div>
            <dt className="text-sm text-ink-soft">{text('checkout.reference')}</dt>
            <dd className="wrap-anywhere">{view.reference}</dd>
          </div>
          {view.status === 'partiallyFunded' && (
            <div>
              <dt className="text-sm text-ink-soft">{text('checkout.stillToPay')}</dt>
              <dd>
                <Amount money={view.received} />
              </dd>
            </div>
          )}
        </dl>
      </div>
      <div aria-hidden="true" className="slip-edge mx-0" />
      <div className="p-6 sm:p-8">
        {isPayable && view.briva !== null ? <WhereToPay briva={view.briva} view={view} /> : null}
        <div role="status" aria-live="polite">
          {isPayable ? null : <Outcome view={view} />}
        </div>
      </div>
    </Card>
  )
}

function WhereToPay({ briva, view }: { briva: Briva; view: Checkout }) {
  const text = useText()
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-col gap-3">
        <div className="flex flex-col gap-1">
          <span className="text-sm text-ink-soft">{text('checkout.number')}</span>
          <VirtualAccountNumber briva={briva} className="text-[1.4rem] leading-snug font-semibold sm:text-[1.85rem]" />
          <span className="text-[0.95rem] text-ink-soft">
            {text('checkout.name')}: <span className="text-ink">{briva.accountName}</span>
          </span>
        </div>
        <CopyButton value={digitsOf(briva.virtualAccountNo)} label={text('checkout.copy')} variant="solid" size="md" />
      </div>
      <Countdown until={view.expiresAt} />
      <p className="flex items-center gap-2.5 text-[0.95rem] text-ink-soft">
        <span aria-hidden="true" className="relative flex size-2.5 shrink-0">
          <span className="absolute inset-0 animate-ping rounded-full bg-nila/60" />
          <span className="relative size-2.5 rounded-full bg-nila" />
        </span>
        {text('checkout.waiting')}
      </p>
    </div>
  )
}

interface Ending {
  title: TextKey
  body: TextKey
  tone: string
  icon: ReactNode
}

const iconClass = 'size-8'
const ENDINGS: Record<PaymentStatus, Ending> = {
  paid: { title: 'checkout.paid', body: 'checkout.paidBody', tone: 'bg-jade text-surface', icon: <Check className={iconClass} strokeWidth={2.5} /> },
  expired: { title: 'checkout.expired', body: 'checkout.expiredBody', tone: 'bg-sunken text-ink-soft', icon: <Clock className={iconClass} /> },
  cancelled: { title: 'checkout.cancelled', body: 'checkout.cancelledBody', tone: 'bg-sunken text-ink-soft', icon: <Ban className={iconClass} /> },
  failed: { title: 'checkout.failed', body: 'checkout.failedBody', tone: 'bg-brick-soft text-brick', icon: <Ban className={iconClass} /> },
  unknown: { title: 'checkout.unknown', body: 'checkout.unknownBody', tone: 'bg-soga-soft text-soga', icon: <Hourglass className={iconClass} /> },
  // payable, but the bank has not given the number yet
  awaitingPayment: { title: 'checkout.unknown', body: 'checkout.unknownBody', tone: 'bg-soga-soft text-soga', icon: <Hourglass className={iconClass} /> },
  partiallyFunded: { title: 'checkout.unknown', body: 'checkout.unknownBody', tone: 'bg-soga-soft text-soga', icon: <Hourglass className={iconClass} /> },
}

function Outcome({ view }: { view: Checkout }) {
  const text = useText()
  const ending = ENDINGS[view.status]
  return (
    <div data-status={view.status} className="flex flex-col items-center gap-4 py-4 text-center">
      <span aria-hidden="true" className={cn('grid size-16 animate-settle place-items-center rounded-full', ending.tone)}>
        {ending.icon}
      </span>
      <div className="flex flex-col gap-1">
        <p className="text-2xl font-semibold tracking-tight">{text(ending.title)}</p>
        <p className="text-ink-soft">{text(ending.body)}</p>
      </div>
      {view.status === 'paid' && view.paidAt !== null && (
        <p className="text-[0.95rem] text-ink-soft">
          {text('checkout.paidAt')} <Time at={view.paidAt} />
        </p>
      )}
    </div>
  )
}
