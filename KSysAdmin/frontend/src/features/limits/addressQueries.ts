import { unwrap } from '@k/ui'
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client'
import type { AddressRule, PenaltyRule } from '../../api/types'

export const addressQueries = {
  list: () =>
    infiniteQueryOptions({
      queryKey: ['addressEntries'],
      queryFn: ({ pageParam, signal }) =>
        unwrap(api.GET('/api/admin/address-entries', { params: { query: { limit: 50, ...(pageParam !== null && { cursor: pageParam }) } }, signal })),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor ?? null,
    }),
  penaltyBox: () =>
    queryOptions({
      queryKey: ['penaltyBox'],
      queryFn: ({ signal }) => unwrap(api.GET('/api/admin/penalty-box', { signal })),
    }),
}

/** Creates the entry, or replaces the one with this id. */
export function useSaveEntry(entryId: string | null) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: AddressRule) =>
      entryId === null
        ? unwrap(api.POST('/api/admin/address-entries', { body }))
        : unwrap(api.PUT('/api/admin/address-entries/{entryId}', { params: { path: { entryId } }, body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: addressQueries.list().queryKey }),
  })
}

export function useRemoveEntry(entryId: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => unwrap(api.DELETE('/api/admin/address-entries/{entryId}', { params: { path: { entryId } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: addressQueries.list().queryKey }),
  })
}

export function useChangePenalty() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: PenaltyRule) => unwrap(api.PUT('/api/admin/penalty-box', { body })),
    onSuccess: (box) => queryClient.setQueryData(addressQueries.penaltyBox().queryKey, box),
  })
}
