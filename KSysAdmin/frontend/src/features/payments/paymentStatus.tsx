import { Badge, type Tone } from '@k/ui'
import type { PaymentStatus } from '../../api/types'
import { useText } from '../../text/text'

const TONES: Record<PaymentStatus, Tone> = {
  awaitingPayment: 'nila',
  partiallyFunded: 'soga',
  paid: 'jade',
  expired: 'neutral',
  cancelled: 'neutral',
  failed: 'brick',
  unknown: 'soga',
}

export const PAYMENT_STATUSES = Object.keys(TONES) as readonly PaymentStatus[]

export function toPaymentStatus(text: string | undefined): PaymentStatus | undefined {
  return PAYMENT_STATUSES.find((status) => status === text)
}

export function PaymentStatusBadge({ status }: { status: PaymentStatus }) {
  const text = useText()
  return <Badge tone={TONES[status]}>{text(`status.${status}`)}</Badge>
}
