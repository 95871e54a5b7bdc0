import { Button, Card, Dialog, DialogActions, EmptyState, LoadingLines, LoadProblem, PageHeader, usePageTitle, useProblemText, useToast } from '@k/ui'
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import type { RateLimitPolicy } from '../../api/types'
import { useText } from '../../text/text'
import { usePermission } from '../shell/usePermission'
import { GatewayNotice } from './gatewayNotice'
import { LimitForm } from './limitForm'
import { limitQueries, useDeleteLimit } from './limitQueries'
import { LimitsNav } from './limitsNav'
import { LimitTable } from './limitTable'

type Opened = { kind: 'form'; policy: RateLimitPolicy | null } | { kind: 'delete'; policy: RateLimitPolicy } | null

export function LimitsPage() {
  const text = useText()
  const limits = useQuery(limitQueries.list())
  const counters = useQuery(limitQueries.counters())
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
      <LimitsNav />
      <GatewayNotice counters={counters.data} />
      <Card>
        {limits.isPending && (
          <div className="p-6">
            <LoadingLines lines={5} />
          </div>
        )}
        {limits.isError && <LoadProblem error={limits.error} retry={() => void limits.refetch()} />}
        {limits.data?.items.length === 0 && <EmptyState title={text('limits.empty')}>{text('limits.emptyBody')}</EmptyState>}
        {limits.data !== undefined && limits.data.items.length > 0 && (
          <LimitTable
            items={limits.data.items}
            counters={counters.data}
            mayWrite={mayWrite}
            onEdit={(policy) => setOpened({ kind: 'form', policy })}
            onDelete={(policy) => setOpened({ kind: 'delete', policy })}
          />
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
