import { LoadingLines, LoadProblem, Mark, Preferences, SkipLink, hasCode, useLiveUpdates, usePageTitle, ProblemError } from '@k/ui'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Checkout } from '../../api/types'
import { useText } from '../../text/text'
import { isSettled } from '../payments/paymentStatus'
import { checkoutQueries } from './checkoutQueries'
import { CheckoutSlip } from './checkoutSlip'
import { HowToPay } from './howToPay'

const route = getRouteApi('/checkout/$token')

const POLL_WITHOUT_EVENTS_MS = 4_000
const POLL_BESIDE_EVENTS_MS = 30_000

/** Public: whoever has the link may see and pay. Turns to “paid” by itself, by events or, without them, by asking. */
export function CheckoutPage() {
  const text = useText()
  const { token } = route.useParams()
  const view = useQuery(checkoutQueries.view(token))
  const isOpen = view.data !== undefined && !isSettled(view.data.status)
  const isLive = useLiveUpdates(
    isOpen ? `/api/payment/checkouts/${encodeURIComponent(token)}/events` : null,
    ['payment.status', 'checkout.status'],
    () => void view.refetch(),
  )
  // asking once more now and then also covers a line that is open but silent
  useQuery({ ...checkoutQueries.view(token), enabled: isOpen, refetchInterval: isLive ? POLL_BESIDE_EVENTS_MS : POLL_WITHOUT_EVENTS_MS })
  const reference = view.data?.reference ?? ''
  usePageTitle(text(view.data?.status === 'paid' ? 'checkout.titlePaid' : 'checkout.title', { reference }))

  return (
    <div className="flex flex-1 flex-col">
      <SkipLink />
      <div aria-hidden="true" className="pattern-kawung absolute inset-x-0 top-0 -z-10 h-72 bg-vat" />
      <header className="mx-auto flex w-full max-w-5xl items-center justify-between gap-4 px-4 py-4 text-white sm:px-6">
        <Mark className="size-8 rounded-lg ring-1 ring-white/25" />
        <div className="[&_button]:text-white/85 [&_button:hover]:bg-white/12 [&_button:hover]:text-white">
          <Preferences />
        </div>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-5xl flex-1 px-4 pt-4 pb-16 outline-none sm:px-6 sm:pt-8">
        <CheckoutContent view={view.data} error={view.error} retry={() => void view.refetch()} />
      </main>
    </div>
  )
}

function CheckoutContent({ view, error, retry }: { view: Checkout | undefined; error: Error | null; retry: () => void }) {
  const text = useText()
  if (view !== undefined) {
    return (
      <div className="mx-auto flex max-w-[30rem] flex-col gap-6">
        <CheckoutSlip view={view} />
        {(view.status === 'awaitingPayment' || view.status === 'partiallyFunded') && view.briva !== null && <HowToPay />}
      </div>
    )
  }
  if (isMissing(error)) {
    return (
      <Frame>
        <h1 className="text-xl font-semibold">{text('checkout.notFound')}</h1>
        <p className="text-ink-soft">{text('checkout.notFoundBody')}</p>
      </Frame>
    )
  }
  return <Frame>{error === null ? <LoadingLines lines={6} /> : <LoadProblem error={error} retry={retry} />}</Frame>
}

function isMissing(error: Error | null): boolean {
  return hasCode(error, 'payment.checkoutNotFound') || (error instanceof ProblemError && (error.status === 404 || error.status === 422))
}

function Frame({ children }: { children: ReactNode }) {
  return <div className="mx-auto flex max-w-[30rem] flex-col gap-3 rounded-card border border-line bg-surface p-8 shadow-card">{children}</div>
}
