import { Alert, Button, Card, CardBody, CardHeader, Fact, Facts, isLocale, LoadingLines, LoadProblem, LOCALE_NAMES, PageHeader, Time, usePageTitle, useProblemText, useToast } from '@k/ui'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { UserDetail } from '../../api/types'
import { useText } from '../../text/text'
import { BackLink } from '../shell/backLink'
import { usePermission } from '../shell/usePermission'
import { ApiKeysCard } from './apiKeysCard'
import { FactorsCard } from './factorsCard'
import { SuspendUser } from './suspendUser'
import { useReactivateUser, useRevokeSessions, userQueries } from './userQueries'
import { UserStatusBadge } from './userStatus'

const route = getRouteApi('/signedIn/users/$userId')

export function UserDetailPage() {
  const text = useText()
  const { userId } = route.useParams()
  const user = useQuery(userQueries.detail(userId))
  usePageTitle(user.data?.email ?? text('users.title'))
  if (user.isPending) return <LoadingLines lines={8} />
  if (user.data === undefined) return <LoadProblem error={user.error} retry={() => void user.refetch()} />
  return <UserDetailView user={user.data} />
}

function UserDetailView({ user }: { user: UserDetail }) {
  const text = useText()
  const maySuspend = usePermission('user.suspend')
  return (
    <>
      <PageHeader
        back={<BackLink to="/users">{text('users.back')}</BackLink>}
        title={
          <span className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <span className="min-w-0 wrap-anywhere">{user.email}</span>
            <span aria-live="polite" className="flex text-base tracking-normal">
              <UserStatusBadge status={user.status} />
            </span>
          </span>
        }
        description={user.fullName ?? text('users.noName')}
        action={maySuspend && (user.status === 'suspended' ? <Reactivate user={user} /> : <SuspendUser user={user} />)}
      />
      <div className="flex flex-col gap-6">
        {user.suspendedAt !== null && (
          <Alert tone="soga">
            {text('users.suspendedSince')} <Time at={user.suspendedAt} />
            {user.suspendedReason !== null && `: ${user.suspendedReason}`}
          </Alert>
        )}
        <div className="grid items-start gap-6 lg:grid-cols-2">
          <div className="flex min-w-0 flex-col gap-6">
            <Account user={user} />
            <FactorsCard user={user} />
          </div>
          <div className="flex min-w-0 flex-col gap-6">
            <Sessions user={user} />
            <ApiKeysCard userId={user.id} />
          </div>
        </div>
      </div>
    </>
  )
}

function Account({ user }: { user: UserDetail }) {
  const text = useText()
  return (
    <Card aria-labelledby="account">
      <CardHeader id="account" title={text('users.account')} />
      <CardBody>
        <Facts>
          <Fact label={text('users.created')}>
            <Time at={user.createdAt} />
          </Fact>
          <Fact label={text('users.lastLogin')}>{user.lastLoginAt === null ? text('users.never') : <Time at={user.lastLoginAt} />}</Fact>
          <Fact label={text('users.emailVerified')}>{text(user.emailVerified ? 'users.yes' : 'users.no')}</Fact>
          <Fact label={text('users.language')}>{isLocale(user.locale) ? LOCALE_NAMES[user.locale] : user.locale}</Fact>
          <Fact label={text('users.roles')}>{user.roles.join(', ') || '–'}</Fact>
          <Fact label="Id" isWide>
            <code className="text-sm">{user.id}</code>
          </Fact>
        </Facts>
      </CardBody>
    </Card>
  )
}

function Sessions({ user }: { user: UserDetail }) {
  const text = useText()
  const toast = useToast()
  const problemText = useProblemText()
  const mayRevoke = usePermission('user.revokeSessions')
  const revoke = useRevokeSessions(user.id)

  function revokeAll(): void {
    revoke.mutate(undefined, {
      onSuccess: () => toast(text('users.revoked')),
      onError: (error) => toast(problemText(error), 'brick'),
    })
  }

  return (
    <Card aria-labelledby="sessions">
      <CardHeader
        id="sessions"
        title={text('users.sessions')}
        action={
          mayRevoke &&
          user.sessions.length > 0 && (
            <Button variant="dangerQuiet" size="sm" isBusy={revoke.isPending} onClick={revokeAll}>
              {text('users.revoke')}
            </Button>
          )
        }
      />
      <CardBody>
        {user.sessions.length === 0 && <p className="text-ink-soft">{text('users.noSessions')}</p>}
        <ul className="flex flex-col divide-y divide-line">
          {user.sessions.map((session) => (
            <li key={session.id} className="flex flex-col py-3 first:pt-0 last:pb-0">
              <span className="font-medium">{session.deviceLabel}</span>
              <span className="text-sm text-ink-soft wrap-anywhere">
                {session.client} · {session.ip ?? '–'} · {session.authMethods.join(', ')} · {text('users.lastSeen')}{' '}
                <Time at={session.lastSeenAt} as="relative" />
              </span>
            </li>
          ))}
        </ul>
      </CardBody>
    </Card>
  )
}

function Reactivate({ user }: { user: UserDetail }) {
  const text = useText()
  const toast = useToast()
  const problemText = useProblemText()
  const reactivate = useReactivateUser(user.id)

  function reactivateIt(): void {
    reactivate.mutate(undefined, {
      onSuccess: () => toast(text('users.reactivated')),
      onError: (error) => toast(problemText(error), 'brick'),
    })
  }

  return (
    <Button variant="outline" isBusy={reactivate.isPending} onClick={reactivateIt}>
      {text('users.reactivate')}
    </Button>
  )
}
