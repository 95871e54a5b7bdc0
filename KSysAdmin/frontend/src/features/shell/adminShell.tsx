import { useProblemText, useToast } from '@k/ui'
import { AccountMenu, AppName, MenuItem, navLinkClass, Shell } from '@k/ui/shell'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { useText } from '../../text/text'
import { ProveAgainDialog } from '../factors/proveAgainDialog'
import { signInQueries, useSignOut } from '../signIn/signInQueries'

const SECTIONS = [
  { to: '/', key: 'nav.overview', permission: 'stats.read' },
  { to: '/users', key: 'nav.users', permission: 'user.read' },
  { to: '/payments', key: 'nav.payments', permission: 'payment.read' },
  { to: '/limits', key: 'nav.limits', permission: 'rateLimit.read' },
  { to: '/settings', key: 'nav.settings', permission: 'setting.read' },
  { to: '/administrators', key: 'nav.administrators', permission: 'administrator.read' },
  { to: '/audit', key: 'nav.audit', permission: 'audit.read' },
] as const

export function AdminShell() {
  const text = useText()
  const navigate = useNavigate()
  const { data: me } = useSuspenseQuery(signInQueries.me())
  const place = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname })
  const signOut = useSignOut()
  const toast = useToast()
  const problemText = useProblemText()
  const permissions = new Set<string>(me.user.permissions)

  function leave(): void {
    signOut.mutate(undefined, {
      onSuccess: () => void navigate({ to: '/sign-in' }),
      onError: (error) => toast(problemText(error), 'brick'),
    })
  }

  return (
    <Shell
      place={place}
      app={<AppName>{text('app.name')}</AppName>}
      navigation={SECTIONS.filter(({ permission }) => permissions.has(permission)).map(({ to, key }) => (
        <Link key={to} to={to} activeOptions={{ exact: to === '/', includeSearch: false }} className={navLinkClass}>
          {text(key)}
        </Link>
      ))}
      menu={
        <AccountMenu name={me.user.email} detail={me.user.roles.join(', ')}>
          <MenuItem asChild>
            <Link to="/security">{text('nav.security')}</Link>
          </MenuItem>
          <MenuItem onSelect={leave}>{text('nav.signOut')}</MenuItem>
        </AccountMenu>
      }
    >
      <Outlet />
      <ProveAgainDialog me={me} />
    </Shell>
  )
}
