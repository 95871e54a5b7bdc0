import { createQueryClient, FailedPage, isUnauthenticated, LoadingPage, MoreText, usePageTitle } from '@k/ui'
import { QueryClientProvider, useQuery, type QueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Redirect, useLocation } from 'wouter'
import { pathWith } from '../../navigation'
import { accountCatalog, useAccountText } from '../../text/accountText'
import { ProveAgainDialog } from '../proveAgain/proveAgainDialog'
import { AccountFrame } from './accountFrame'
import { accountQueries } from './accountQueries'
import { Section } from './sections'

/** No session at all, or one that ended while the account was on the page: in another window, by an administrator, by time. */
type Absence = 'signedOut' | 'ended'

/** Everything behind the sign-in: its texts, its copies of what the server said, and the question whether it is still you. */
export function AccountArea() {
  const [path] = useLocation()
  const [absence, setAbsence] = useState<Absence | null>(null)
  const [queryClient] = useState(() => newQueryClient(setAbsence))

  if (absence !== null) return <Redirect to={signInPath(absence, path)} replace />
  return (
    <QueryClientProvider client={queryClient}>
      <MoreText catalog={accountCatalog}>
        <SignedIn path={path} />
      </MoreText>
    </QueryClientProvider>
  )
}

function newQueryClient(onAbsence: (absence: Absence) => void): QueryClient {
  const queryClient = createQueryClient(() => {
    const wasShown = queryClient.getQueryData(accountQueries.me().queryKey) !== undefined
    onAbsence(wasShown ? 'ended' : 'signedOut')
  })
  return queryClient
}

function signInPath(absence: Absence, path: string): string {
  const next = path === '/' ? null : `/auth${path}`
  return pathWith('/sign-in', { next, notice: absence === 'ended' ? 'sessionEnded' : null })
}

function SignedIn({ path }: { path: string }) {
  const text = useAccountText()
  const me = useQuery(accountQueries.me())
  usePageTitle(text('account.title'))

  if (me.data !== undefined) {
    return (
      <>
        <AccountFrame me={me.data} path={path}>
          <Section path={path} me={me.data} />
        </AccountFrame>
        <ProveAgainDialog me={me.data} />
      </>
    )
  }
  // without a session the page is left anyway
  const isFailed = me.isError && !isUnauthenticated(me.error)
  return isFailed ? <FailedPage error={me.error} reset={() => void me.refetch()} /> : <LoadingPage />
}
