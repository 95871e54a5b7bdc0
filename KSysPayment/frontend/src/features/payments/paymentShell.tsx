import { useI18n, useProblemText, useToast } from '@k/ui'
import { AccountMenu, AppName, MenuItem, navLinkClass, Shell } from '@k/ui/shell'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useText } from '../../text/text'
import { meQueries, useSignOut } from '../me/meQueries'

export function PaymentShell() {
  const text = useText()
  const { followProfile } = useI18n()
  const { data: me } = useSuspenseQuery(meQueries.me())
  const signOut = useSignOut()
  const toast = useToast()
  const problemText = useProblemText()

  useEffect(() => followProfile(me.locale), [followProfile, me.locale])

  function leave(): void {
    signOut.mutate(undefined, {
      onSuccess: () => globalThis.location.assign('/auth/sign-in'),
      onError: (error) => toast(problemText(error), 'brick'),
    })
  }

  return (
    <Shell
      app={<AppName>{text('app.name')}</AppName>}
      navigation={
        <>
          <Link to="/" activeOptions={{ exact: true, includeSearch: false }} className={navLinkClass}>
            {text('nav.payments')}
          </Link>
          <Link to="/new" className={navLinkClass}>
            {text('nav.create')}
          </Link>
        </>
      }
      menu={
        <AccountMenu name={me.fullName ?? me.email} detail={me.email}>
          <MenuItem asChild>
            <a href="/auth/">{text('nav.account')}</a>
          </MenuItem>
          <MenuItem onSelect={leave}>{text('nav.signOut')}</MenuItem>
        </AccountMenu>
      }
    >
      <Outlet />
    </Shell>
  )
}
