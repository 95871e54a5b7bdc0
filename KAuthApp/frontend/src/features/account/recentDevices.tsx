import { Badge, Card, CardBody, CardHeader, LoadingLines, LoadProblem, Time } from '@k/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useAccountText } from '../../text/accountText'
import { textLinkClass } from '../textLink'
import { DeviceIcon } from '../devices/deviceIcon'
import { accountQueries } from './accountQueries'
import { preloadSection } from './sections'

const SHOWN = 3

/** Of the newest sign-ins those used last; all of them are a page of their own. */
export function RecentDevices() {
  const text = useAccountText()
  const sessions = useInfiniteQuery(accountQueries.sessions())
  const items = (sessions.data ?? []).toSorted((one, other) => other.lastSeenAt.localeCompare(one.lastSeenAt)).slice(0, SHOWN)
  return (
    <Card aria-labelledby="recentDevices">
      <CardHeader id="recentDevices" title={text('home.devices')} />
      <CardBody className="flex flex-col items-start gap-5">
        {sessions.isPending && <LoadingLines lines={3} />}
        {sessions.isError && <LoadProblem error={sessions.error} retry={() => void sessions.refetch()} />}
        <ul className="flex w-full flex-col gap-4">
          {items.map((session) => (
            <li key={session.id} className="flex items-center gap-3.5">
              <DeviceIcon userAgent={session.userAgent} />
              <div className="flex min-w-0 flex-col">
                <span className="font-medium wrap-anywhere">{session.deviceLabel || text('sessions.unknownDevice')}</span>
                {session.current ? (
                  <span>
                    <Badge tone="jade">{text('sessions.current')}</Badge>
                  </span>
                ) : (
                  <span className="text-sm text-ink-soft">
                    <Time at={session.lastSeenAt} as="relative" />
                  </span>
                )}
              </div>
            </li>
          ))}
        </ul>
        <Link to="/devices" className={textLinkClass} onPointerEnter={() => preloadSection('/devices')}>
          {text('home.allDevices')}
        </Link>
      </CardBody>
    </Card>
  )
}
