import { Badge, Button, Card, CardBody, CardHeader, Dialog, DialogActions, LoadingLines, LoadProblem, Time, useProblemText, useToast } from '@k/ui'
import { useQuery } from '@tanstack/react-query'
import { Monitor, Smartphone } from 'lucide-react'
import { useState } from 'react'
import type { Session } from '../../api/types'
import { useText } from '../../text/text'
import { accountQueries, useEndOtherSessions, useEndSession } from './accountQueries'

export function SessionsCard() {
  const text = useText()
  const sessions = useQuery(accountQueries.sessions())
  const hasOthers = sessions.data?.items.some((session) => !session.current) ?? false
  return (
    <Card aria-labelledby="sessions">
      <CardHeader
        id="sessions"
        title={text('sessions.title')}
        description={text('sessions.description')}
        action={hasOthers && <EndOthers />}
      />
      <CardBody>
        {sessions.isPending && <LoadingLines lines={3} />}
        {sessions.isError && <LoadProblem error={sessions.error} retry={() => void sessions.refetch()} />}
        <ul className="flex flex-col divide-y divide-line">
          {sessions.data?.items.map((session) => <SessionItem key={session.id} session={session} />)}
        </ul>
      </CardBody>
    </Card>
  )
}

function SessionItem({ session }: { session: Session }) {
  const text = useText()
  const toast = useToast()
  const problemText = useProblemText()
  const end = useEndSession()
  const device = session.deviceLabel || text('sessions.unknownDevice')
  const Icon = /mobile|android|iphone/i.test(session.userAgent ?? '') ? Smartphone : Monitor

  function endIt(): void {
    end.mutate(session.id, {
      onSuccess: () => toast(text('sessions.ended')),
      onError: (error) => toast(problemText(error), 'brick'),
    })
  }

  return (
    <li className="flex items-center gap-4 py-3.5 first:pt-0 last:pb-0">
      <Icon aria-hidden="true" className="size-5 shrink-0 text-ink-soft max-sm:hidden" />
      <div className="flex min-w-0 flex-1 flex-col">
        <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium">
          {device}
          {session.current && <Badge tone="jade">{text('sessions.current')}</Badge>}
        </span>
        <span className="text-sm text-ink-soft wrap-anywhere">
          {session.ip !== null && `${session.ip} · `}
          {session.current ? (
            <>
              {text('sessions.started')} <Time at={session.createdAt} />
            </>
          ) : (
            <>
              {text('sessions.lastSeen')} <Time at={session.lastSeenAt} as="relative" />
            </>
          )}
        </span>
      </div>
      {!session.current && (
        <Button variant="dangerQuiet" size="sm" isBusy={end.isPending} aria-label={text('sessions.endOf', { device })} onClick={endIt}>
          {text('sessions.end')}
        </Button>
      )}
    </li>
  )
}

function EndOthers() {
  const text = useText()
  const toast = useToast()
  const problemText = useProblemText()
  const endOthers = useEndOtherSessions()
  const [isAsking, setIsAsking] = useState(false)

  function endThem(): void {
    endOthers.mutate(undefined, {
      onSuccess: () => toast(text('sessions.othersEnded')),
      onError: (error) => toast(problemText(error), 'brick'),
      onSettled: () => setIsAsking(false),
    })
  }

  return (
    <>
      <Button variant="outline" size="sm" onClick={() => setIsAsking(true)}>
        {text('sessions.endOthers')}
      </Button>
      <Dialog isOpen={isAsking} onClose={() => setIsAsking(false)} title={text('sessions.confirm')} description={text('sessions.confirmBody')}>
        <DialogActions>
          <Button variant="outline" onClick={() => setIsAsking(false)}>
            {text('kit.cancel')}
          </Button>
          <Button variant="danger" isBusy={endOthers.isPending} onClick={endThem}>
            {text('sessions.endOthers')}
          </Button>
        </DialogActions>
      </Dialog>
    </>
  )
}
