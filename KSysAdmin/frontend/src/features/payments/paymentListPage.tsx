import { Amount, Badge, Cell, HeaderCell, PageHeader, Row, SelectControl, Table, Time, usePageTitle } from '@k/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { Payment } from '../../api/types'
import { useText } from '../../text/text'
import { ListFrame } from '../shell/listFrame'
import { SearchBox } from '../shell/searchBox'
import { paymentQueries } from './paymentQueries'
import { PAYMENT_STATUSES, PaymentStatusBadge, toPaymentStatus } from './paymentStatus'

const route = getRouteApi('/signedIn/payments')

export function PaymentListPage() {
  const text = useText()
  const navigate = useNavigate()
  const search = route.useSearch()
  const status = toPaymentStatus(search.status)
  const payments = useInfiniteQuery(paymentQueries.list(search.reference ?? '', status))
  usePageTitle(text('payments.title'))

  function change(changed: { reference?: string; status?: string }): void {
    const next = { ...search, ...changed }
    void navigate({
      to: '/payments',
      search: { ...(next.reference && { reference: next.reference }), ...(next.status && { status: next.status }) },
      replace: true,
    })
  }

  return (
    <>
      <PageHeader title={text('payments.title')} />
      <div className="mb-4 flex flex-wrap gap-3">
        <SearchBox label={text('payments.search')} value={search.reference ?? ''} onSearch={(reference) => change({ reference })} />
        <div className="w-full sm:w-56">
          <SelectControl
            aria-label={text('payments.status')}
            value={status ?? ''}
            choices={[{ value: '', label: text('payments.allStatuses') }, ...PAYMENT_STATUSES.map((value) => ({ value, label: text(`status.${value}`) }))]}
            onValueChange={(value) => change({ status: value })}
          />
        </div>
      </div>
      <ListFrame query={payments} items={payments.data?.pages.flatMap((page) => page.items)} emptyTitle={text('payments.empty')}>
        {(items) => <PaymentTable items={items} />}
      </ListFrame>
    </>
  )
}

function PaymentTable({ items }: { items: readonly Payment[] }) {
  const text = useText()
  return (
    <Table label={text('payments.title')}>
      <thead>
        <tr>
          <HeaderCell>{text('payments.reference')}</HeaderCell>
          <HeaderCell className="text-right">{text('payments.amount')}</HeaderCell>
          <HeaderCell className="text-right max-lg:hidden">{text('payments.received')}</HeaderCell>
          <HeaderCell className="max-sm:hidden">{text('payments.status')}</HeaderCell>
          <HeaderCell className="max-md:hidden">{text('payments.created')}</HeaderCell>
        </tr>
      </thead>
      <tbody>
        {items.map((payment) => (
          <Row key={payment.id}>
            <Cell className="max-w-64">
              <Link
                to="/payments/$paymentId"
                params={{ paymentId: payment.id }}
                className="block truncate rounded font-medium after:absolute after:inset-0 hover:text-nila"
              >
                {payment.reference}
              </Link>
              <span className="mt-1.5 block sm:hidden">
                <Statuses payment={payment} />
              </span>
            </Cell>
            <Cell className="text-right font-medium">
              <Amount money={payment.amount} />
            </Cell>
            <Cell className="text-right text-ink-soft max-lg:hidden">
              <Amount money={payment.received} />
            </Cell>
            <Cell className="max-sm:hidden">
              <Statuses payment={payment} />
            </Cell>
            <Cell className="whitespace-nowrap text-ink-soft max-md:hidden">
              <Time at={payment.createdAt} />
            </Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  )
}

function Statuses({ payment }: { payment: Payment }) {
  const text = useText()
  return (
    <span className="flex flex-wrap gap-1.5">
      <PaymentStatusBadge status={payment.status} />
      {payment.needsReview && <Badge tone="brick">{text('payments.needsReview')}</Badge>}
    </span>
  )
}
