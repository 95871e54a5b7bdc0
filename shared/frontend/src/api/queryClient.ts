import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { isUnauthenticated, ProblemError } from './problem'

/**
 * What the servers refused stays refused; only a server that was away or busy is asked again.
 * `onSessionEnded` hears when a page that was signed in is told that it no longer is.
 */
export function createQueryClient(onSessionEnded?: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (isUnauthenticated(error)) onSessionEnded?.()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      // without a network a call fails and is told; left to wait it would look busy for ever and a change happen unasked, later
      mutations: { networkMode: 'always' },
      queries: {
        networkMode: 'always',
        refetchOnReconnect: true,
        staleTime: 15_000,
        retry: (failures, error) => failures < 2 && isWorthRetrying(error),
      },
    },
  })
}

function isWorthRetrying(error: unknown): boolean {
  return error instanceof ProblemError && (error.status === 0 || error.status >= 502)
}
