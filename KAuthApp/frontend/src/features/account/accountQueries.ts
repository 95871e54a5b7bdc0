import { unwrap, type Locale } from '@k/ui'
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client'

export const accountQueries = {
  me: () =>
    queryOptions({
      queryKey: ['me'],
      queryFn: ({ signal }) => unwrap(api.GET('/api/auth/me', { signal })),
      staleTime: 60_000,
      // another window may have signed out, or somebody else in
      refetchOnWindowFocus: 'always',
    }),
  sessions: () =>
    infiniteQueryOptions({
      queryKey: ['sessions'],
      // whether somebody else is signed in is nothing to be told late
      staleTime: 0,
      queryFn: ({ pageParam, signal }) =>
        unwrap(api.GET('/api/auth/sessions', { params: { query: pageParam === null ? {} : { cursor: pageParam } }, signal })),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
      select: ({ pages }) => pages.flatMap((page) => page.items),
    }),
}

/** After a change of factors: the profile counts them, and the other sessions have ended. */
export function useRefreshAccount(): () => Promise<void> {
  const queryClient = useQueryClient()
  return () => queryClient.invalidateQueries()
}

export function useUpdateProfile() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: { fullName: string; locale: Locale }) => unwrap(api.PATCH('/api/auth/me', { body })),
    onSuccess: (me) => queryClient.setQueryData(accountQueries.me().queryKey, me),
  })
}

export function useSignOut() {
  return useMutation({ mutationFn: () => unwrap(api.POST('/api/auth/logout')) })
}
