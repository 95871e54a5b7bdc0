import { unwrap } from '@k/ui'
import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client'
import type { NewApiKey } from '../../api/types'

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
    mutationFn: (body: NewApiKey) => unwrap(api.POST('/api/auth/api-keys', { body })),
    onSuccess: useRefreshKeys(),
  })
}

export function useRevokeApiKey() {
  return useMutation({
    mutationFn: (keyId: string) => unwrap(api.DELETE('/api/auth/api-keys/{keyId}', { params: { path: { keyId } } })),
    onSuccess: useRefreshKeys(),
  })
}
