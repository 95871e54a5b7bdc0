import { Badge, Button, Cell, HeaderCell, Row, Table, useI18n } from '@k/ui'
import { Pencil, Trash2 } from 'lucide-react'
import type { LimitCounters, RateLimitPolicy } from '../../api/types'
import { useText } from '../../text/text'
import { countersOf, type PolicyCounters } from './counters'

interface LimitTableProps {
  items: readonly RateLimitPolicy[]
  counters: LimitCounters | undefined
  mayWrite: boolean
  onEdit: (policy: RateLimitPolicy) => void
  onDelete: (policy: RateLimitPolicy) => void
}

export function LimitTable({ items, counters, ...row }: LimitTableProps) {
  const text = useText()
  return (
    <Table label={text('limits.title')}>
      <thead>
        <tr>
          <HeaderCell>{text('limits.name')}</HeaderCell>
          <HeaderCell>{text('limits.limit')}</HeaderCell>
          <HeaderCell>{text('limits.scope')}</HeaderCell>
          <HeaderCell>{text('limits.mode')}</HeaderCell>
          <HeaderCell className="text-right">{text('limits.allowed')}</HeaderCell>
          <HeaderCell className="text-right">{text('limits.refused')}</HeaderCell>
          {row.mayWrite && (
            <HeaderCell>
              <span className="sr-only">{text('limits.edit')}</span>
            </HeaderCell>
          )}
        </tr>
      </thead>
      <tbody>
        {items.map((policy) => (
          <LimitRow key={policy.id} policy={policy} counters={countersOf(counters, policy.id)} {...row} />
        ))}
      </tbody>
    </Table>
  )
}

type LimitRowProps = Omit<LimitTableProps, 'items' | 'counters'> & { policy: RateLimitPolicy; counters: PolicyCounters | undefined }

function LimitRow({ policy, counters, mayWrite, onEdit, onDelete }: LimitRowProps) {
  const text = useText()
  return (
    <Row>
      <Cell className="min-w-48">
        <span className="block font-medium">{policy.name}</span>
        <span className="block font-mono text-[0.8125rem] text-ink-soft">
          {policy.method === '*' ? text('limits.anyMethod') : policy.method} {policy.path}
          {policy.match === 'prefix' && '…'}
        </span>
      </Cell>
      <Cell className="digits whitespace-nowrap">
        <LimitSize policy={policy} />
      </Cell>
      <Cell className="whitespace-nowrap">{text(`scope.${policy.scope}`)}</Cell>
      <Cell>
        <ModeBadge policy={policy} />
      </Cell>
      <CountCell count={counters?.allowed} />
      <CountCell
        count={counters && counters.limited + counters.shadowLimited}
        note={counters !== undefined && counters.shadowLimited > 0 ? text('limits.onlyWatched', { count: counters.shadowLimited }) : undefined}
      />
      {mayWrite && (
        <Cell className="text-right whitespace-nowrap">
          <Button variant="plain" size="icon" aria-label={text('limits.editOf', { name: policy.name })} onClick={() => onEdit(policy)}>
            <Pencil aria-hidden="true" className="size-4.5" />
          </Button>
          <Button variant="dangerQuiet" size="icon" aria-label={text('limits.deleteTitle', { name: policy.name })} onClick={() => onDelete(policy)}>
            <Trash2 aria-hidden="true" className="size-4.5" />
          </Button>
        </Cell>
      )}
    </Row>
  )
}

function LimitSize({ policy }: { policy: RateLimitPolicy }) {
  const text = useText()
  if (policy.kind === 'concurrency') return text('limits.places', { limit: policy.limit })
  return (
    <>
      {text('limits.rate', { limit: policy.limit, seconds: policy.windowSeconds })}
      {policy.cost > 1 && <span className="block text-[0.8125rem] text-ink-soft">{text('limits.costs', { cost: policy.cost })}</span>}
    </>
  )
}

export function ModeBadge({ policy }: { policy: Pick<RateLimitPolicy, 'enabled' | 'mode'> }) {
  const text = useText()
  if (!policy.enabled) return <Badge>{text('limits.off')}</Badge>
  return <Badge tone={policy.mode === 'enforce' ? 'jade' : 'soga'}>{text(`mode.${policy.mode}`)}</Badge>
}

function CountCell({ count, note }: { count: number | undefined; note?: string | undefined }) {
  const { locale } = useI18n()
  return (
    <Cell className="digits text-right whitespace-nowrap">
      {count === undefined ? '–' : new Intl.NumberFormat(locale).format(count)}
      {note !== undefined && <span className="block text-[0.8125rem] text-ink-soft">{note}</span>}
    </Cell>
  )
}
