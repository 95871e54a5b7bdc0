import { Amount, Badge, Card, CardBody, CardHeader, Fact, Facts, LoadingLines, LoadProblem, PageHeader, Time, usePageTitle, type Tone } from '@k/ui'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { Payment, TimelineEntry } from '../../api/types'
import { useText } from '../../text/text'
import { BackLink } from '../shell/backLink'
import { FactTree } from '../shell/factTree'
import { paymentQueries } from './paymentQueries'
import { PaymentStatusBadge } from './paymentStatus'

const route = getRouteApi('/signedIn/payments/$paymentId')

export function PaymentTimelinePage() {
  const text = useText()
  const { paymentId } = route.useParams()
  const timeline = useQuery({ ...paymentQueries.timeline(paymentId), refetchInterval: 15_000 })
  usePageTitle(timeline.data?.payment.reference ?? text('payments.title'))
  if (timeline.isPending) return <LoadingLines lines={8} />
  if (timeline.data === undefined) return <LoadProblem error={timeline.error} retry={() => void timeline.refetch()} />
  const { payment, items } = timeline.data
  return (
    <>
      <PageHeader
        back={<BackLink to="/payments">{text('payments.back')}</BackLink>}
        title={
          <span className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <span className="min-w-0 wrap-anywhere">{payment.reference}</span>
            <span aria-live="polite" className="flex gap-2 text-base tracking-normal">
              <PaymentStatusBadge status={payment.status} />
              {payment.needsReview && <Badge tone="brick">{text('payments.needsReview')}</Badge>}
            </span>
          </span>
        }
      />
      <div className="grid items-start gap-6 lg:grid-cols-[2fr_3fr]">
        <PaymentFacts payment={payment} />
        <Timeline items={items} />
      </div>
    </>
  )
}

function PaymentFacts({ payment }: { payment: Payment }) {
  const text = useText()
  return (
    <Card>
      <CardBody>
        <Facts>
          <Fact label={text('payments.amount')}>
            <Amount money={payment.amount} className="text-xl font-semibold" />
          </Fact>
          <Fact label={text('payments.received')}>
            <Amount money={payment.received} className="text-xl" />
          </Fact>
          <Fact label={text('payments.created')}>
            <Time at={payment.createdAt} />
          </Fact>
          <Fact label={text('payments.expires')}>
            <Time at={payment.expiresAt} />
          </Fact>
          {payment.paidAt !== null && (
            <Fact label={text('payments.paidAt')}>
              <Time at={payment.paidAt} />
            </Fact>
          )}
          <Fact label={text('payments.owner')} isWide>
            <Link to="/users/$userId" params={{ userId: payment.ownerId }} className="rounded font-mono text-sm text-nila underline underline-offset-3">
              {payment.ownerId}
            </Link>
          </Fact>
          <Fact label={text('payments.description')} isWide>
            {payment.description ?? '–'}
          </Fact>
        </Facts>
      </CardBody>
    </Card>
  )
}

const KIND_TONES: Record<TimelineEntry['kind'], Tone> = {
  event: 'nila',
  bankCall: 'neutral',
  receipt: 'jade',
  journal: 'soga',
  exception: 'brick',
}

function Timeline({ items }: { items: readonly TimelineEntry[] }) {
  const text = useText()
  return (
    <Card aria-labelledby="timeline">
      <CardHeader id="timeline" title={text('payments.timeline')} description={text('payments.timelineLead')} />
      <CardBody>
        <ol className="flex flex-col gap-5 border-l-2 border-line pl-5">
          {items.map((entry, index) => (
            <li key={`${entry.at}-${index}`} className="relative flex flex-col gap-1.5">
              <span aria-hidden="true" className="absolute top-2 -left-[1.64rem] size-2.5 rounded-full border-2 border-surface bg-line-strong" />
              <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <Badge tone={KIND_TONES[entry.kind]}>{text(`kind.${entry.kind}`)}</Badge>
                <span className="font-medium wrap-anywhere">{entry.title}</span>
              </span>
              <span className="text-sm text-ink-soft">
                <Time at={entry.at} />
              </span>
              <FactTree summary={text('payments.facts')} facts={entry.facts} />
            </li>
          ))}
        </ol>
      </CardBody>
    </Card>
  )
}
