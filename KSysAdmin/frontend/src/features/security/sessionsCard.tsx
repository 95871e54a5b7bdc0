import { Badge, Button, Card, CardBody, CardHeader, LoadingLines, LoadProblem, Time, useProblemText, useToast } from '@k/ui'
import { useQuery } from '@tanstack/react-query'
import type { OwnSession } from '../../api/types'
import { useText } from '../../text/text'
import { METHOD_WORDS, usableMethods } from '../factors/methods'
import { securityQueries, useEndOtherSessions, useEndOwnSession } from './securityQueries'

/** Where this administrator is signed in. */
export function SessionsCard() {
  const text = useText()
  const sessions = useQuery(securityQueries.sessions())
  const items = sessions.data?.items ?? []
  return (
    <Card aria-labelledby="ownSessions">
      <CardHeader
        id="ownSessions"
        title={text('sessions.title')}
        description={text('sessions.lead')}
        action={items.some((session) => !session.current) && <EndOthers />}
      />
      <CardBody>
        {sessions.isPending && <LoadingLines lines={3} />}
        {sessions.isError && <LoadProblem error={sessions.error} retry={() => void sessions.refetch()} />}
        <ul className="flex flex-col divide-y divide-line">
          {items.map((session) => (
            <SessionItem key={session.id} session={session} />
          ))}
        </ul>
      </CardBody>
    </Card>
  )
}

function SessionItem({ session }: { session: OwnSession }) {
  const text = useText()
  const toast = useToast()
  const problemText = useProblemText()
  const end = useEndOwnSession()
  const methods = usableMethods([session.secondFactor], true).map((method) => text(METHOD_WORDS[method].name))

  function endIt(): void {
    end.mutate(session.id, {
      onSuccess: () => toast(text('sessions.ended')),
      onError: (error) => toast(problemText(error), 'brick'),
    })
  }

  return (
    <li className="flex items-center gap-4 py-3.5 first:pt-0 last:pb-0">
      <div className="flex min-w-0 flex-1 flex-col gap-0.5">
        <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium wrap-anywhere">
          {session.deviceLabel}
          {session.current && <Badge tone="jade">{text('sessions.current')}</Badge>}
        </span>
        <span className="text-sm text-ink-soft wrap-anywhere">
          {session.ip} · {methods.join(', ')} · {text('sessions.lastSeen')} <Time at={session.lastSeenAt} as="relative" />
        </span>
      </div>
      {!session.current && (
        <Button
          variant="dangerQuiet"
          size="sm"
          isBusy={end.isPending}
          aria-label={text('sessions.endOf', { device: session.deviceLabel })}
          onClick={endIt}
        >
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

  function endThem(): void {
    endOthers.mutate(undefined, {
      onSuccess: () => toast(text('sessions.othersEnded')),
      onError: (error) => toast(problemText(error), 'brick'),
    })
  }

  return (
    <Button variant="dangerQuiet" size="sm" isBusy={endOthers.isPending} onClick={endThem}>
      {text('sessions.endOthers')}
    </Button>
  )
}
