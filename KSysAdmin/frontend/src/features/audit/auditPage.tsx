import { Alert, Button, Cell, HeaderCell, PageHeader, Row, Table, Time, usePageTitle, useProblemText } from '@k/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { ShieldCheck } from 'lucide-react'
import type { AuditEvent, AuditVerification } from '../../api/types'
import { useText } from '../../text/text'
import { FactTree } from '../shell/factTree'
import { ListFrame } from '../shell/listFrame'
import { SearchBox } from '../shell/searchBox'
import { auditQueries, useVerifyAudit } from './auditQueries'

const route = getRouteApi('/signedIn/audit')

export function AuditPage() {
  const text = useText()
  const navigate = useNavigate()
  const problemText = useProblemText()
  const search = route.useSearch()
  const events = useInfiniteQuery(auditQueries.list({ actor: search.actor ?? '', action: search.action ?? '', target: search.target ?? '' }))
  const verify = useVerifyAudit()
  usePageTitle(text('audit.title'))

  function change(changed: { actor?: string; action?: string; target?: string }): void {
    const { actor, action, target } = { ...search, ...changed }
    void navigate({ to: '/audit', search: { ...(actor && { actor }), ...(action && { action }), ...(target && { target }) }, replace: true })
  }

  return (
    <>
      <PageHeader
        title={text('audit.title')}
        description={text('audit.lead')}
        action={
          <Button variant="outline" isBusy={verify.isPending} onClick={() => verify.mutate()}>
            <ShieldCheck aria-hidden="true" className="size-4.5" />
            {text('audit.verify')}
          </Button>
        }
      />
      <div aria-live="polite" className="empty:hidden pb-4">
        {verify.isError && <Alert tone="brick">{problemText(verify.error)}</Alert>}
        {verify.data !== undefined && <Verdict verdict={verify.data} />}
      </div>
      <div className="mb-4 flex flex-wrap gap-3">
        <SearchBox label={text('audit.filterAction')} value={search.action ?? ''} onSearch={(action) => change({ action })} />
        <SearchBox label={text('audit.filterActor')} value={search.actor ?? ''} onSearch={(actor) => change({ actor })} />
        <SearchBox label={text('audit.filterTarget')} value={search.target ?? ''} onSearch={(target) => change({ target })} />
      </div>
      <ListFrame query={events} items={events.data?.pages.flatMap((page) => page.items)} emptyTitle={text('audit.empty')}>
        {(items) => <AuditTable items={items} />}
      </ListFrame>
    </>
  )
}

function Verdict({ verdict }: { verdict: AuditVerification }) {
  const text = useText()
  return (
    <Alert tone={verdict.intact ? 'jade' : 'brick'} title={text(verdict.intact ? 'audit.intact' : 'audit.broken')}>
      <ul className="text-[0.95rem]">
        {verdict.chains.map(({ chain, events, firstBadSeq }) => (
          <li key={chain}>
            {firstBadSeq === null ? text('audit.chainFine', { chain, events }) : text('audit.chainBroken', { chain, events, seq: firstBadSeq })}
          </li>
        ))}
      </ul>
    </Alert>
  )
}

function AuditTable({ items }: { items: readonly AuditEvent[] }) {
  const text = useText()
  return (
    <Table label={text('audit.title')}>
      <thead>
        <tr>
          <HeaderCell>{text('audit.when')}</HeaderCell>
          <HeaderCell>{text('audit.action')}</HeaderCell>
          <HeaderCell className="max-md:hidden">{text('audit.actor')}</HeaderCell>
          <HeaderCell className="max-md:hidden">{text('audit.target')}</HeaderCell>
        </tr>
      </thead>
      <tbody>
        {items.map((event) => (
          <Row key={event.id} className="align-top">
            <Cell className="align-top text-sm whitespace-nowrap text-ink-soft">
              <Time at={event.occurredAt} />
              <span className="digits block">
                {event.chain} {event.seq}
              </span>
            </Cell>
            <Cell className="min-w-56 align-top">
              <span className="block font-medium">{event.action}</span>
              <FactTree
                summary={text('audit.show')}
                facts={{
                  [text('audit.actor')]: `${event.actorKind} ${event.actorId}`,
                  [text('audit.target')]: `${event.targetKind} ${event.targetId}`,
                  [text('audit.before')]: event.before,
                  [text('audit.after')]: event.after,
                  [text('audit.address')]: event.clientAddress,
                  [text('audit.request')]: event.requestId,
                  [text('audit.hash')]: event.hash,
                }}
              />
            </Cell>
            <Cell className="max-w-56 align-top max-md:hidden">
              <span className="block">{event.actorKind}</span>
              <span className="block truncate font-mono text-[0.8125rem] text-ink-soft">{event.actorId}</span>
            </Cell>
            <Cell className="max-w-56 align-top max-md:hidden">
              <span className="block">{event.targetKind}</span>
              <span className="block truncate font-mono text-[0.8125rem] text-ink-soft">{event.targetId}</span>
            </Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  )
}
