import { createQueryClient, FailedPage, isUnauthenticated, MoreText, usePageTitle } from '@k/ui'
import { QueryClientProvider, useQuery, type QueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Redirect, useLocation } from 'wouter'
import { pathWith } from '../../navigation'
import { accountCatalog, useAccountText } from '../../text/accountText'
import { ProveAgainDialog } from '../proveAgain/proveAgainDialog'
import { AccountFrame } from './accountFrame'
import { accountQueries } from './accountQueries'
import { Section } from './sections'

/** Everything behind the sign-in: its texts, its copies of what the server said, and the question whether it is still you. */
export function AccountArea() {
  const [path, navigate] = useLocation()
  const [queryClient] = useState(() => newQueryClient(() => navigate(pathWith('/sign-in', { notice: 'sessionEnded' }))))

  return (
    <QueryClientProvider client={queryClient}>
      <MoreText catalog={accountCatalog}>
        <SignedIn path={path} />
      </MoreText>
    </QueryClientProvider>
  )
}

/** `onSessionEnded`: it ended while the account was on the page; in another window, by an administrator, by time. */
function newQueryClient(onSessionEnded: () => void): QueryClient {
  const queryClient = createQueryClient(() => {
    const wasShown = queryClient.getQueryData(accountQueries.me().queryKey) !== undefined
    queryClient.clear()
    if (wasShown) onSessionEnded()
  })
  return queryClient
}

function SignedIn({ path }: { path: string }) {
  const text = useAccountText()
  const me = useQuery(accountQueries.me())
  usePageTitle(text('account.title'))

  if (isUnauthenticated(me.error)) return <Redirect to={pathWith('/sign-in', { next: path === '/' ? null : `/auth${path}` })} replace />
  if (me.isError) return <FailedPage error={me.error} reset={() => void me.refetch()} />
  if (me.isPending) return null
  return (
    <>
      <AccountFrame me={me.data} path={path}>
        <Section path={path} me={me.data} />
      </AccountFrame>
      <ProveAgainDialog me={me.data} />
    </>
  )
}
