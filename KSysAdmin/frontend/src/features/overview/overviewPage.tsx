import { Amount, Card, CardBody, CardHeader, Cell, HeaderCell, LoadingLines, LoadProblem, PageHeader, Row, Table, Time, cn, usePageTitle, useI18n, formatDate } from '@k/ui'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Overview } from '../../api/types'
import { useText } from '../../text/text'
import { PaymentStatusBadge, toPaymentStatus } from '../payments/paymentStatus'
import { toUserStatus, UserStatusBadge } from '../users/userStatus'
import { overviewQueries } from './overviewQueries'
import { ReceivedChart } from './receivedChart'

export function OverviewPage() {
  const text = useText()
  const overview = useQuery(overviewQueries.overview())
  usePageTitle(text('overview.title'))
  if (overview.isPending) return <LoadingLines lines={8} />
  if (overview.data === undefined) return <LoadProblem error={overview.error} retry={() => void overview.refetch()} />
  return (
    <>
      <PageHeader
        title={text('overview.title')}
        description={
          <>
            {text('overview.at')} <Time at={overview.data.at} />
          </>
        }
      />
      <div className="flex flex-col gap-6">
        <Numbers overview={overview.data} />
        <Received overview={overview.data} />
        <div className="grid gap-6 md:grid-cols-2">
          <ByStatus title={text('overview.paymentsByStatus')} counts={overview.data.payments.byStatus} badge={paymentBadge} />
          <ByStatus title={text('overview.usersByStatus')} counts={overview.data.users.byStatus} badge={userBadge} />
        </div>
      </div>
    </>
  )
}

function Numbers({ overview }: { overview: Overview }) {
  const text = useText()
  const { users, payments, outbox } = overview
  const userCount = Object.values(users.byStatus).reduce((sum, count) => sum + count, 0)
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-card border border-line bg-line shadow-card lg:grid-cols-4">
      <NumberTile label={text('overview.users')} value={userCount} note={`+${users.newToday} ${text('overview.newToday')}`} />
      <NumberTile label={text('overview.liveSessions')} value={users.liveSessions} />
      <NumberTile
        label={text('overview.paid')}
        value={payments.byStatus.paid ?? 0}
        note={text('overview.waiting', { count: payments.byStatus.awaitingPayment ?? 0 })}
      />
      <NumberTile
        label={text('overview.exceptions')}
        value={payments.openExceptions}
        isTrouble={payments.openExceptions > 0 || outbox.dead > 0}
        note={`${text('overview.outboxWaiting')}: ${outbox.waiting}, ${outbox.dead > 0 ? text('overview.outboxDead', { count: outbox.dead }) : text('overview.outboxFine')}`}
      />
    </dl>
  )
}

function NumberTile(props: { label: string; value: number; note?: string; isTrouble?: boolean }) {
  const { locale } = useI18n()
  return (
    <div className="flex flex-col gap-1 bg-surface p-5 sm:p-6">
      <dt className="text-sm text-ink-soft">{props.label}</dt>
      <dd className={cn('digits text-3xl font-semibold tracking-tight', props.isTrouble === true && 'text-brick')}>
        {new Intl.NumberFormat(locale).format(props.value)}
      </dd>
      {props.note !== undefined && <dd className="text-sm text-ink-soft">{props.note}</dd>}
    </div>
  )
}

function Received({ overview }: { overview: Overview }) {
  const text = useText()
  const { locale } = useI18n()
  const days = overview.payments.receivedByDay
  return (
    <Card aria-labelledby="received">
      <CardHeader id="received" title={text('overview.received')} description={text('overview.receivedLead')} />
      {days.length === 0 ? (
        <CardBody className="text-ink-soft">{text('overview.nothing')}</CardBody>
      ) : (
        <div className="grid items-end gap-2 lg:grid-cols-[3fr_2fr]">
          <CardBody>
            <ReceivedChart days={days} />
          </CardBody>
          <Table label={text('overview.receivedLead')}>
            <thead>
              <tr>
                <HeaderCell>{text('overview.day')}</HeaderCell>
                <HeaderCell className="text-right">{text('overview.receipts')}</HeaderCell>
                <HeaderCell className="text-right">{text('overview.amount')}</HeaderCell>
              </tr>
            </thead>
            <tbody>
              {days
                .slice(-7)
                .reverse()
                .map((day) => (
                  <Row key={day.day}>
                    <Cell className="py-2.5 whitespace-nowrap">{formatDate(day.day, locale)}</Cell>
                    <Cell className="digits py-2.5 text-right">{day.receipts}</Cell>
                    <Cell className="py-2.5 text-right font-medium">
                      <Amount money={day.received} />
                    </Cell>
                  </Row>
                ))}
            </tbody>
          </Table>
        </div>
      )}
    </Card>
  )
}

function paymentBadge(status: string): ReactNode {
  const known = toPaymentStatus(status)
  return known === undefined ? (
    status
  ) : (
    <Link to="/payments" search={{ status: known }} className="rounded-full">
      <PaymentStatusBadge status={known} />
    </Link>
  )
}

function userBadge(status: string): ReactNode {
  const known = toUserStatus(status)
  return known === undefined ? (
    status
  ) : (
    <Link to="/users" search={{ status: known }} className="rounded-full">
      <UserStatusBadge status={known} />
    </Link>
  )
}

function ByStatus(props: { title: string; counts: Readonly<Record<string, number>>; badge: (status: string) => ReactNode }) {
  const { locale } = useI18n()
  return (
    <Card>
      <CardHeader title={props.title} />
      <CardBody>
        <dl className="flex flex-col gap-3">
          {Object.entries(props.counts).map(([status, count]) => (
            <div key={status} className="flex items-center justify-between gap-4">
              <dt>{props.badge(status)}</dt>
              <dd className="digits font-medium">{new Intl.NumberFormat(locale).format(count)}</dd>
            </div>
          ))}
        </dl>
      </CardBody>
    </Card>
  )
}
