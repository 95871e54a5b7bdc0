import { Button, Card, ConfirmDialog, LoadingLines, LoadProblem, PageHeader, usePageTitle, useToast } from '@k/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useAccountText } from '../../text/accountText'
import { accountQueries } from '../account/accountQueries'
import { useEndOtherSessions } from './deviceQueries'
import { SessionItem } from './sessionItem'

/** The sessions of the account, the newest sign-ins first and before them this one, as soon as it is loaded. */
export function DevicesPage() {
  const text = useAccountText()
  const sessions = useInfiniteQuery(accountQueries.sessions())
  const items = (sessions.data ?? []).toSorted((one, other) => Number(other.current) - Number(one.current))
  usePageTitle(text('sessions.title'))
  return (
    <>
      <PageHeader
        title={text('sessions.title')}
        description={text('sessions.lead')}
        action={items.some((session) => !session.current) && <EndOthers />}
      />
      <Card>
        {sessions.isPending && (
          <div className="p-6">
            <LoadingLines lines={4} />
          </div>
        )}
        {sessions.isError && sessions.data === undefined && <LoadProblem error={sessions.error} retry={() => void sessions.refetch()} />}
        <ul aria-label={text('sessions.list')} className="flex flex-col divide-y divide-line">
          {items.map((session) => (
            <SessionItem key={session.id} session={session} />
          ))}
        </ul>
      </Card>
      {sessions.hasNextPage && (
        <Button variant="outline" className="mt-4" isBusy={sessions.isFetchingNextPage} onClick={() => void sessions.fetchNextPage()}>
          {text('kit.loadMore')}
        </Button>
      )}
    </>
  )
}

function EndOthers() {
  const text = useAccountText()
  const toast = useToast()
  const endOthers = useEndOtherSessions()
  const [isAsking, setIsAsking] = useState(false)
  return (
    <>
      <Button variant="outline" onClick={() => setIsAsking(true)}>
        {text('sessions.endOthers')}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={text('sessions.confirm')}
        body={text('sessions.confirmBody')}
        label={text('sessions.endOthers')}
        onConfirm={() => endOthers.mutateAsync().then(() => toast(text('sessions.othersEnded')))}
      />
    </>
  )
}
