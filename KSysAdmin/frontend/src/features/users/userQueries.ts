import { unwrap } from '@k/ui'
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client'
import type { UserStatus } from '../../api/types'

export const userQueries = {
  all: ['users'] as const,
  list: (query: string, status: UserStatus | undefined) =>
    infiniteQueryOptions({
      queryKey: [...userQueries.all, 'list', query, status ?? 'any'],
      queryFn: ({ pageParam, signal }) =>
        unwrap(
          api.GET('/api/admin/users', {
            params: { query: { limit: 50, ...(query && { query }), ...(status && { status }), ...(pageParam !== null && { cursor: pageParam }) } },
            signal,
          }),
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor ?? null,
    }),
  detail: (userId: string) =>
    queryOptions({
      queryKey: [...userQueries.all, 'detail', userId],
      queryFn: ({ signal }) => unwrap(api.GET('/api/admin/users/{userId}', { params: { path: { userId } }, signal })),
    }),
  apiKeys: (userId: string) =>
    infiniteQueryOptions({
      queryKey: [...userQueries.all, 'apiKeys', userId],
      queryFn: ({ pageParam, signal }) =>
        unwrap(
          api.GET('/api/admin/users/{userId}/api-keys', {
            params: { path: { userId }, query: { limit: 20, ...(pageParam !== null && { cursor: pageParam }) } },
            signal,
          }),
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor ?? null,
    }),
}

export function useRevokeApiKey(userId: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (keyId: string) =>
      unwrap(api.POST('/api/admin/users/{userId}/api-keys/{keyId}/revoke', { params: { path: { userId, keyId } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: userQueries.all }),
  })
}

export function useStartPasswordReset(userId: string) {
  return useMutation({
    mutationFn: () => unwrap(api.POST('/api/admin/users/{userId}/password-reset', { params: { path: { userId } } })),
  })
}

export function useResetFactors(userId: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (reason: string) =>
      unwrap(api.POST('/api/admin/users/{userId}/factors/reset', { params: { path: { userId } }, body: { reason } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: userQueries.all }),
  })
}

export function useSuspendUser(userId: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (reason: string) => unwrap(api.POST('/api/admin/users/{userId}/suspend', { params: { path: { userId } }, body: { reason } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: userQueries.all }),
  })
}

export function useReactivateUser(userId: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => unwrap(api.POST('/api/admin/users/{userId}/reactivate', { params: { path: { userId } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: userQueries.all }),
  })
}

export function useRevokeSessions(userId: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => unwrap(api.POST('/api/admin/users/{userId}/sessions/revoke', { params: { path: { userId } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: userQueries.all }),
  })
}
