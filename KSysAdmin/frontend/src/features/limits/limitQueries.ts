import { unwrap } from '@k/ui'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client'
import type { RateLimitRule, ReplayInput, SimulateInput } from '../../api/types'
import type { CountersRead } from './counters'

const COUNTERS_EVERY_MS = 3_000

export const limitQueries = {
  list: () =>
    queryOptions({
      queryKey: ['limits'],
      queryFn: ({ signal }) => unwrap(api.GET('/api/admin/rate-limit-policies', { params: { query: { limit: 200 } }, signal })),
    }),
  counters: () =>
    queryOptions({
      queryKey: ['limitCounters'],
      queryFn: async ({ signal, client, queryKey }): Promise<CountersRead> => {
        const counters = await unwrap(api.GET('/api/admin/rate-limit-policies/counters', { signal }))
        return { ...counters, expectedVersion: client.getQueryData<CountersRead>(queryKey)?.version ?? 0 }
      },
      refetchInterval: COUNTERS_EVERY_MS,
    }),
}

/** Creates the limit, or replaces the one with this id. */
export function useSaveLimit(policyId: string | null) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: RateLimitRule) =>
      policyId === null
        ? unwrap(api.POST('/api/admin/rate-limit-policies', { body }))
        : unwrap(api.PUT('/api/admin/rate-limit-policies/{policyId}', { params: { path: { policyId } }, body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: limitQueries.list().queryKey }),
  })
}

export function useDeleteLimit() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (policyId: string) => unwrap(api.DELETE('/api/admin/rate-limit-policies/{policyId}', { params: { path: { policyId } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: limitQueries.list().queryKey }),
  })
}

export function useSimulate() {
  return useMutation({
    mutationFn: (body: SimulateInput) => unwrap(api.POST('/api/admin/rate-limit-policies/simulate', { body })),
  })
}

export function useReplay() {
  return useMutation({
    mutationFn: (body: ReplayInput) => unwrap(api.POST('/api/admin/rate-limit-policies/replay', { body })),
  })
}
