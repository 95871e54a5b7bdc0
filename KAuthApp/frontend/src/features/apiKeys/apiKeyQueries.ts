import { unwrap } from '@k/ui'
import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client'

export const apiKeyQueries = {
  list: () =>
    infiniteQueryOptions({
      queryKey: ['apiKeys'],
      queryFn: ({ pageParam, signal }) => unwrap(api.GET('/api/auth/api-keys', { params: { query: pageParam === null ? {} : { cursor: pageParam } }, signal })),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
    }),
}

function useRefreshKeys() {
  const queryClient = useQueryClient()
  return () => queryClient.invalidateQueries({ queryKey: apiKeyQueries.list().queryKey })
}

export function useCreateApiKey() {
  return useMutation({
    mutationFn: (body: { name: string; scopes: string[]; expiresAt: string | null }) => unwrap(api.POST('/api/auth/api-keys', { body })),
    onSuccess: useRefreshKeys(),
  })
}

export function useRevokeApiKey() {
  return useMutation({
    mutationFn: (apiKeyId: string) => unwrap(api.DELETE('/api/auth/api-keys/{apiKeyId}', { params: { path: { apiKeyId } } })),
    onSuccess: useRefreshKeys(),
  })
}
