import { Amount, Button, Card, Cell, EmptyState, HeaderCell, LoadingLines, LoadProblem, PageHeader, Row, SelectControl, Table, Time, usePageTitle } from '@k/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import type { Payment } from '../../api/types'
import { useText } from '../../text/text'
import { paymentQueries } from './paymentQueries'
import { PAYMENT_STATUSES, StatusBadge, toPaymentStatus } from './paymentStatus'

const route = getRouteApi('/signedIn/')

export function PaymentListPage() {
  const text = useText()
  const navigate = useNavigate()
  const status = toPaymentStatus(route.useSearch().status)
  const payments = useInfiniteQuery({ ...paymentQueries.list(status), refetchInterval: 20_000 })
  usePageTitle(text('list.title'))
  const items = payments.data?.pages.flatMap((page) => page.items)

  return (
    <>
      <PageHeader
        title={text('list.title')}
        description={text('list.lead')}
        action={
          <Button asChild>
            <Link to="/new">
              <Plus aria-hidden="true" className="size-4.5" />
              {text('nav.create')}
            </Link>
          </Button>
        }
      />
      <div className="mb-4 w-full sm:w-60">
        <SelectControl
          aria-label={text('list.filter')}
          value={status ?? ''}
          choices={[{ value: '', label: text('list.all') }, ...PAYMENT_STATUSES.map((value) => ({ value, label: text(`status.${value}`) }))]}
          onValueChange={(value) => void navigate({ to: '/', search: value === '' ? {} : { status: value } })}
        />
      </div>
      <Card>
        {payments.isPending && (
          <div className="p-6">
            <LoadingLines lines={6} />
          </div>
        )}
        {payments.isError && items === undefined && <LoadProblem error={payments.error} retry={() => void payments.refetch()} />}
        {items?.length === 0 && <NoPayments isFiltered={status !== undefined} />}
        {items !== undefined && items.length > 0 && <PaymentTable items={items} />}
      </Card>
      {payments.hasNextPage && (
        <div className="flex justify-center pt-6">
          <Button variant="outline" isBusy={payments.isFetchingNextPage} onClick={() => void payments.fetchNextPage()}>
            {text('kit.loadMore')}
          </Button>
        </div>
      )}
    </>
  )
}

function NoPayments({ isFiltered }: { isFiltered: boolean }) {
  const text = useText()
  if (isFiltered) return <EmptyState title={text('list.emptyFiltered')} />
  return (
    <EmptyState
      title={text('list.empty')}
      action={
        <Button asChild>
          <Link to="/new">{text('nav.create')}</Link>
        </Button>
      }
    >
      {text('list.emptyBody')}
    </EmptyState>
  )
}

function PaymentTable({ items }: { items: readonly Payment[] }) {
  const text = useText()
  return (
    <Table label={text('list.title')}>
      <thead>
        <tr>
          <HeaderCell>{text('list.reference')}</HeaderCell>
          <HeaderCell className="text-right">{text('list.amount')}</HeaderCell>
          <HeaderCell className="max-sm:hidden">{text('list.status')}</HeaderCell>
          <HeaderCell className="max-sm:hidden">{text('list.created')}</HeaderCell>
        </tr>
      </thead>
      <tbody>
        {items.map((payment) => (
          <Row key={payment.id}>
            <Cell className="max-w-64">
              <Link
                to="/$paymentId"
                params={{ paymentId: payment.id }}
                className="block truncate rounded font-medium after:absolute after:inset-0 hover:text-nila"
              >
                {payment.reference}
              </Link>
              {payment.description && <span className="block truncate text-sm text-ink-soft max-sm:hidden">{payment.description}</span>}
              <span className="mt-1.5 block sm:hidden">
                <StatusBadge status={payment.status} />
              </span>
            </Cell>
            <Cell className="text-right font-medium">
              <Amount money={payment.amount} />
            </Cell>
            <Cell className="max-sm:hidden">
              <StatusBadge status={payment.status} />
            </Cell>
            <Cell className="whitespace-nowrap text-ink-soft max-sm:hidden">
              <Time at={payment.createdAt} />
            </Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  )
}
