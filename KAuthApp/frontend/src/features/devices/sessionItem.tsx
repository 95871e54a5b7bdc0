import { Badge, Button, Time, useProblemText, useToast } from '@k/ui'
import type { ReactNode } from 'react'
import type { Session } from '../../api/types'
import { useAccountText } from '../../text/accountText'
import { METHOD_WORDS, type ProofMethod } from '../factors/methods'
import { useEndSession } from './deviceQueries'
import { DeviceIcon } from './deviceIcon'

export function SessionItem({ session }: { session: Session }) {
  const text = useAccountText()
  const device = session.deviceLabel || text('sessions.unknownDevice')
  return (
    <li className="flex items-start gap-4 p-5 sm:px-6">
      <DeviceIcon userAgent={session.userAgent} />
      <div className="flex min-w-0 flex-1 flex-col gap-3">
        <div className="flex min-h-10 items-center justify-between gap-3">
          <span className="flex min-w-0 flex-wrap items-center gap-x-2.5 gap-y-1 font-medium wrap-anywhere">
            {device}
            {session.current && <Badge tone="jade">{text('sessions.current')}</Badge>}
          </span>
          {!session.current && <EndButton sessionId={session.id} device={device} />}
        </div>
        <dl className="grid grid-cols-2 gap-x-6 gap-y-3 text-[0.925rem] lg:grid-cols-5">
          <Detail label={text('sessions.lastSeen')}>
            <Time at={session.lastSeenAt} as="relative" />
          </Detail>
          <Detail label={text('sessions.with')}>
            <Methods methods={session.authMethods} />
          </Detail>
          <Detail label={text('sessions.from')}>{session.ip ?? '—'}</Detail>
          <Detail label={text('sessions.started')}>
            <Time at={session.createdAt} />
          </Detail>
          <Detail label={text('sessions.expires')}>
            <Time at={session.expiresAt} as="date" />
          </Detail>
        </dl>
      </div>
    </li>
  )
}

function Detail({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col">
      <dt className="text-sm text-ink-soft">{label}</dt>
      <dd className="wrap-anywhere">{children}</dd>
    </div>
  )
}

function Methods({ methods }: { methods: readonly string[] }) {
  const text = useAccountText()
  const names = methods.map((method) => (method in METHOD_WORDS ? text(METHOD_WORDS[method as ProofMethod].name) : method))
  return names.join(' + ')
}

function EndButton({ sessionId, device }: { sessionId: string; device: string }) {
  const text = useAccountText()
  const toast = useToast()
  const problemText = useProblemText()
  const end = useEndSession()

  function endIt(): void {
    end.mutate(sessionId, {
      onSuccess: () => toast(text('sessions.ended')),
      onError: (error) => toast(problemText(error), 'brick'),
    })
  }

  return (
    <Button variant="dangerQuiet" size="sm" className="-mr-2 shrink-0" isBusy={end.isPending} aria-label={text('sessions.endOf', { device })} onClick={endIt}>
      {text('sessions.end')}
    </Button>
  )
}
