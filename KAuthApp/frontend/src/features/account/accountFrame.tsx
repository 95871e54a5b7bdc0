import { useContentFocus, useI18n, useProblemText, useToast } from '@k/ui'
import { AccountMenu, AppName, MenuItem, navLinkClass, Shell } from '@k/ui/shell'
import { useEffect, type ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import type { User } from '../../api/types'
import { pathWith } from '../../navigation'
import { useAccountText } from '../../text/accountText'
import { useSignOut } from './accountQueries'
import { preloadSection, SECTIONS } from './sections'

export function AccountFrame({ me, path, children }: { me: User; path: string; children: ReactNode }) {
  const text = useAccountText()
  const [, navigate] = useLocation()
  const signOut = useSignOut()
  const toast = useToast()
  const problemText = useProblemText()
  const { followProfile } = useI18n()
  useContentFocus(path)
  useEffect(() => followProfile(me.locale), [followProfile, me.locale])

  function leave(): void {
    signOut.mutate(undefined, {
      onSuccess: () => navigate(pathWith('/sign-in', { notice: 'signedOut' })),
      onError: (error) => toast(problemText(error), 'brick'),
    })
  }

  return (
    <Shell
      place={path}
      app={<AppName>K</AppName>}
      navigation={
        <>
          {SECTIONS.map((section) => (
            <SectionLink key={section.path} path={section.path} isCurrent={section.path === path}>
              {text(section.label)}
            </SectionLink>
          ))}
          <a href="/payment/" className={navLinkClass}>
            {text('account.payments')}
          </a>
        </>
      }
      menu={
        <AccountMenu name={me.fullName ?? me.email} detail={me.email}>
          <MenuItem onSelect={leave}>{text('account.signOut')}</MenuItem>
        </AccountMenu>
      }
    >
      {children}
    </Shell>
  )
}

function SectionLink({ path, isCurrent, children }: { path: string; isCurrent: boolean; children: ReactNode }) {
  const preload = () => preloadSection(path)
  return (
    <Link to={path} aria-current={isCurrent ? 'page' : undefined} className={navLinkClass} onPointerEnter={preload} onFocus={preload}>
      {children}
    </Link>
  )
}
