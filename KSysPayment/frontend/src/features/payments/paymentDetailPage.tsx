import {
  Amount,
  Button,
  Card,
  CardBody,
  CardHeader,
  CopyButton,
  Dialog,
  DialogActions,
  Fact,
  Facts,
  LoadingLines,
  LoadProblem,
  PageHeader,
  Time,
  useLiveUpdates,
  usePageTitle,
  useProblemText,
  useToast,
} from '@k/ui'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { ArrowLeft, ExternalLink } from 'lucide-react'
import { useState } from 'react'
import type { Payment } from '../../api/types'
import { useText } from '../../text/text'
import { PaymentHistory } from './paymentHistory'
import { paymentQueries, useCancelPayment } from './paymentQueries'
import { isSettled, StatusBadge } from './paymentStatus'
import { digitsOf } from './virtualAccount'
import { VirtualAccountNumber } from './virtualAccountNumber'

const route = getRouteApi('/signedIn/$paymentId')

export function PaymentDetailPage() {
  const text = useText()
  const { paymentId } = route.useParams()
  const payment = useQuery({
    ...paymentQueries.detail(paymentId),
    refetchInterval: (query) => (query.state.data !== undefined && isSettled(query.state.data.status) ? false : 10_000),
  })
  const isWaiting = payment.data !== undefined && !isSettled(payment.data.status)
  useLiveUpdates(isWaiting ? `/api/payment/payments/${paymentId}/events` : null, ['payment.status'], () => void payment.refetch())
  usePageTitle(payment.data?.reference ?? text('detail.loading'))

  if (payment.isPending) return <LoadingLines lines={8} />
  if (payment.data === undefined) return <LoadProblem error={payment.error} retry={() => void payment.refetch()} />
  return <PaymentDetail payment={payment.data} />
}

function PaymentDetail({ payment }: { payment: Payment }) {
  const text = useText()
  return (
    <>
      <PageHeader
        back={
          <Link to="/" className="flex items-center gap-1.5 self-start rounded text-[0.95rem] text-ink-soft hover:text-ink">
            <ArrowLeft aria-hidden="true" className="size-4" />
            {text('detail.back')}
          </Link>
        }
        title={
          <span className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <span className="min-w-0 wrap-anywhere">{payment.reference}</span>
            <span aria-live="polite" className="flex font-sans text-base tracking-normal">
              <StatusBadge status={payment.status} />
            </span>
          </span>
        }
        action={payment.status === 'awaitingPayment' && <CancelPayment payment={payment} />}
      />
      <div className="grid items-start gap-6 lg:grid-cols-[3fr_2fr]">
        <div className="flex min-w-0 flex-col gap-6">
          <PaymentFacts payment={payment} />
          {!isSettled(payment.status) && <CheckoutLink payment={payment} />}
        </div>
        <PaymentHistory payment={payment} />
      </div>
    </>
  )
}

function PaymentFacts({ payment }: { payment: Payment }) {
  const text = useText()
  return (
    <Card>
      <CardBody className="flex flex-col gap-6">
        <div className="flex flex-wrap items-end justify-between gap-x-10 gap-y-4 border-b border-line pb-6">
          <div className="flex flex-col gap-1">
            <span className="text-sm text-ink-soft">{text('detail.amount')}</span>
            <Amount money={payment.amount} className="text-4xl font-semibold tracking-tight" />
          </div>
          <div className="flex flex-col gap-1">
            <span className="text-sm text-ink-soft">{text('detail.received')}</span>
            <Amount money={payment.received} className="text-xl font-medium" />
          </div>
        </div>
        <Facts>
          {payment.briva && (
            <Fact label={text('detail.virtualAccount')} isWide>
              <span className="flex flex-wrap items-center gap-x-4 gap-y-2">
                <VirtualAccountNumber briva={payment.briva} className="text-xl font-medium" />
                <CopyButton value={digitsOf(payment.briva.virtualAccountNo)} />
              </span>
            </Fact>
          )}
          {payment.briva && <Fact label={text('detail.accountName')}>{payment.briva.accountName}</Fact>}
          <Fact label={text('detail.expires')}>
            <Time at={payment.expiresAt} />
          </Fact>
          <Fact label={text('detail.description')} isWide>
            {payment.description ?? '–'}
          </Fact>
        </Facts>
      </CardBody>
    </Card>
  )
}

function CheckoutLink({ payment }: { payment: Payment }) {
  const text = useText()
  const url = new URL(payment.checkoutUrl, globalThis.location.origin).href
  return (
    <Card aria-labelledby="checkout">
      <CardHeader id="checkout" title={text('detail.checkout')} description={text('detail.checkoutBody')} />
      <CardBody className="flex flex-wrap gap-3">
        <Button asChild size="sm">
          <a href={url} target="_blank" rel="noreferrer">
            {text('detail.open')}
            <ExternalLink aria-hidden="true" className="size-4" />
          </a>
        </Button>
        <CopyButton value={url} label={text('detail.copyLink')} />
      </CardBody>
    </Card>
  )
}

function CancelPayment({ payment }: { payment: Payment }) {
  const text = useText()
  const toast = useToast()
  const problemText = useProblemText()
  const cancel = useCancelPayment(payment.id)
  const [isAsking, setIsAsking] = useState(false)

  function cancelIt(): void {
    cancel.mutate(undefined, {
      onSuccess: () => toast(text('detail.cancelDone')),
      onError: (error) => toast(problemText(error), 'brick'),
      onSettled: () => setIsAsking(false),
    })
  }

  return (
    <>
      <Button variant="dangerQuiet" size="sm" onClick={() => setIsAsking(true)}>
        {text('detail.cancel')}
      </Button>
      <Dialog isOpen={isAsking} onClose={() => setIsAsking(false)} title={text('detail.cancelTitle')} description={text('detail.cancelBody')}>
        <DialogActions>
          <Button variant="outline" onClick={() => setIsAsking(false)}>
            {text('detail.keep')}
          </Button>
          <Button variant="danger" isBusy={cancel.isPending} onClick={cancelIt}>
            {text('detail.cancel')}
          </Button>
        </DialogActions>
      </Dialog>
    </>
  )
}
