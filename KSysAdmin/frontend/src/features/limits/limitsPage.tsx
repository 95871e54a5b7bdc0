import { Badge, Button, Card, Cell, Dialog, DialogActions, EmptyState, HeaderCell, LoadingLines, LoadProblem, PageHeader, Row, Table, usePageTitle, useProblemText, useToast } from '@k/ui'
import { useQuery } from '@tanstack/react-query'
import { Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { RateLimitPolicy } from '../../api/types'
import { useText } from '../../text/text'
import { usePermission } from '../shell/usePermission'
import { LimitForm } from './limitForm'
import { limitQueries, useDeleteLimit } from './limitQueries'

type Opened = { kind: 'form'; policy: RateLimitPolicy | null } | { kind: 'delete'; policy: RateLimitPolicy } | null

export function LimitsPage() {
  const text = useText()
  const limits = useQuery(limitQueries.list())
  const mayWrite = usePermission('rateLimit.write')
  const [opened, setOpened] = useState<Opened>(null)
  const close = () => setOpened(null)
  usePageTitle(text('limits.title'))

  return (
    <>
      <PageHeader
        title={text('limits.title')}
        description={text('limits.lead')}
        action={
          mayWrite && (
            <Button onClick={() => setOpened({ kind: 'form', policy: null })}>
              <Plus aria-hidden="true" className="size-4.5" />
              {text('limits.new')}
            </Button>
          )
        }
      />
      <Card>
        {limits.isPending && (
          <div className="p-6">
            <LoadingLines lines={5} />
          </div>
        )}
        {limits.isError && <LoadProblem error={limits.error} retry={() => void limits.refetch()} />}
        {limits.data?.items.length === 0 && <EmptyState title={text('limits.empty')}>{text('limits.emptyBody')}</EmptyState>}
        {limits.data !== undefined && limits.data.items.length > 0 && (
          <LimitTable items={limits.data.items} mayWrite={mayWrite} onOpen={setOpened} />
        )}
      </Card>
      <Dialog
        isOpen={opened?.kind === 'form'}
        onClose={close}
        title={text(opened?.policy == null ? 'limits.new' : 'limits.edit')}
      >
        {opened?.kind === 'form' && <LimitForm policy={opened.policy} onClose={close} />}
      </Dialog>
      {opened?.kind === 'delete' && <DeleteLimit policy={opened.policy} onClose={close} />}
    </>
  )
}

function LimitTable(props: { items: readonly RateLimitPolicy[]; mayWrite: boolean; onOpen: (opened: Opened) => void }) {
  const text = useText()
  return (
    <Table label={text('limits.title')}>
      <thead>
        <tr>
          <HeaderCell>{text('limits.name')}</HeaderCell>
          <HeaderCell>{text('limits.limit')}</HeaderCell>
          <HeaderCell>{text('limits.scope')}</HeaderCell>
          <HeaderCell>{text('limits.mode')}</HeaderCell>
          {props.mayWrite && (
            <HeaderCell>
              <span className="sr-only">{text('limits.edit')}</span>
            </HeaderCell>
          )}
        </tr>
      </thead>
      <tbody>
        {props.items.map((policy) => (
          <Row key={policy.id}>
            <Cell className="min-w-48">
              <span className="block font-medium">{policy.name}</span>
              <span className="block font-mono text-[0.8125rem] text-ink-soft">
                {policy.method === '*' ? text('limits.anyMethod') : policy.method} {policy.path}
                {policy.match === 'prefix' && '…'}
              </span>
            </Cell>
            <Cell className="digits whitespace-nowrap">{text('limits.rate', { limit: policy.limit, seconds: policy.windowSeconds })}</Cell>
            <Cell className="whitespace-nowrap">{text(`scope.${policy.scope}`)}</Cell>
            <Cell>
              {policy.enabled ? (
                <Badge tone={policy.mode === 'enforce' ? 'jade' : 'soga'}>{text(`mode.${policy.mode}`)}</Badge>
              ) : (
                <Badge>{text('limits.off')}</Badge>
              )}
            </Cell>
            {props.mayWrite && (
              <Cell className="text-right whitespace-nowrap">
                <Button
                  variant="plain"
                  size="icon"
                  aria-label={text('limits.editOf', { name: policy.name })}
                  onClick={() => props.onOpen({ kind: 'form', policy })}
                >
                  <Pencil aria-hidden="true" className="size-4.5" />
                </Button>
                <Button
                  variant="dangerQuiet"
                  size="icon"
                  aria-label={text('limits.deleteTitle', { name: policy.name })}
                  onClick={() => props.onOpen({ kind: 'delete', policy })}
                >
                  <Trash2 aria-hidden="true" className="size-4.5" />
                </Button>
              </Cell>
            )}
          </Row>
        ))}
      </tbody>
    </Table>
  )
}

function DeleteLimit({ policy, onClose }: { policy: RateLimitPolicy; onClose: () => void }) {
  const text = useText()
  const toast = useToast()
  const problemText = useProblemText()
  const remove = useDeleteLimit()

  function deleteIt(): void {
    remove.mutate(policy.id, {
      onSuccess: () => toast(text('limits.deleted')),
      onError: (error) => toast(problemText(error), 'brick'),
      onSettled: onClose,
    })
  }

  return (
    <Dialog isOpen onClose={onClose} title={text('limits.deleteTitle', { name: policy.name })} description={text('limits.deleteBody')}>
      <DialogActions>
        <Button variant="outline" onClick={onClose}>
          {text('kit.cancel')}
        </Button>
        <Button variant="danger" isBusy={remove.isPending} onClick={deleteIt}>
          {text('limits.delete')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
