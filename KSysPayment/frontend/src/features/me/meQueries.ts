import { unwrap } from '@k/ui'
import { queryOptions, useMutation } from '@tanstack/react-query'
import { api } from '../../api/client'

export const meQueries = {
  me: () =>
    queryOptions({
      queryKey: ['me'],
      queryFn: ({ signal }) => unwrap(api.GET('/api/auth/me', { signal })),
      staleTime: 60_000,
      // another window may have signed out, or somebody else in
      refetchOnWindowFocus: 'always',
    }),
}

export function useSignOut() {
  return useMutation({ mutationFn: () => unwrap(api.POST('/api/auth/logout')) })
}

/** To the sign-in page of the account app, and back here afterwards. */
export function goToSignIn(): void {
  const here = globalThis.location.pathname + globalThis.location.search
  globalThis.location.assign(`/auth/sign-in?next=${encodeURIComponent(here)}`)
}
