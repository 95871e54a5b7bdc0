import { screen } from '@testing-library/react'
import { renderKit } from '@k/ui/testing'
import { expect, test, vi } from 'vitest'
import type { Checkout } from '../../api/types'
import { catalog } from '../../text/text'
import { CheckoutSlip } from './checkoutSlip'

const view: Checkout = {
  reference: 'INV-1',
  status: 'awaitingPayment',
  amount: { value: '150000.00', currency: 'IDR' },
  received: { value: '0.00', currency: 'IDR' },
  description: 'Coffee',
  expiresAt: new Date(Date.now() + 90_061_000).toISOString(),
  paidAt: null,
  method: 'briva',
  briva: { virtualAccountNo: '   22084000012345678', partnerServiceId: '   22084', customerNo: '000012345678', accountName: 'SARI' },
}

test('an open payment shows its number in groups and copies it without gaps', async () => {
  const writeText = vi.fn().mockResolvedValue(undefined)
  vi.stubGlobal('navigator', { clipboard: { writeText }, languages: ['en'] })
  renderKit(<CheckoutSlip view={view} />, { catalog })

  expect(Array.from(screen.getByTestId('virtualAccountNo').children, (group) => group.textContent)).toEqual(['22084', '0000', '1234', '5678'])
  screen.getByRole('button', { name: 'Copy number' }).click()
  await screen.findByText('Copied')
  expect(writeText).toHaveBeenCalledWith('22084000012345678')
  vi.unstubAllGlobals()
})

test('a paid payment says so and hides where to pay', () => {
  renderKit(<CheckoutSlip view={{ ...view, status: 'paid', paidAt: '2026-11-21T02:00:00Z' }} />, { catalog })
  expect(screen.getByRole('status').textContent).toContain('Payment received')
  expect(screen.queryByTestId('virtualAccountNo')).toBeNull()
})

test('a payment whose number is not known yet asks for patience, never for money', () => {
  renderKit(<CheckoutSlip view={{ ...view, briva: null }} />, { catalog, locale: 'id' })
  expect(screen.getByRole('status').textContent).toContain('Kami sedang memeriksa ke bank')
  expect(screen.queryByRole('button')).toBeNull()
})
