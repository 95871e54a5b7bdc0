import { expect, test } from 'vitest'
import type { Payment } from '../../api/types'
import { stepsOf } from './paymentHistory'

const payment: Payment = {
  id: '01990000-0000-7000-8000-000000000001',
  reference: 'INV-1',
  status: 'awaitingPayment',
  amount: { value: '1000.00', currency: 'IDR' },
  received: { value: '0.00', currency: 'IDR' },
  refunded: { value: '0.00', currency: 'IDR' },
  method: 'briva',
  description: null,
  metadata: {},
  createdAt: '2026-11-21T01:00:00Z',
  expiresAt: '2026-11-22T01:00:00Z',
  paidAt: null,
  briva: null,
  checkoutUrl: '/payment/checkout/t',
}

test('an open payment waits, with no time yet', () => {
  expect(stepsOf(payment).at(-1)).toEqual({ key: 'detail.waiting', at: null, state: 'current' })
})

test('a paid payment says when', () => {
  const paidAt = '2026-11-21T02:00:00Z'
  expect(stepsOf({ ...payment, status: 'paid', paidAt }).at(-1)).toEqual({ key: 'detail.paid', at: paidAt, state: 'done' })
})

test('an expired payment says when it expired', () => {
  expect(stepsOf({ ...payment, status: 'expired' }).at(-1)).toEqual({ key: 'detail.expired', at: payment.expiresAt, state: 'stopped' })
})
