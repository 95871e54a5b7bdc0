import { unwrap } from '@k/ui'
import { infiniteQueryOptions, useMutation } from '@tanstack/react-query'
import { api } from '../../api/client'

export const auditQueries = {
  list: (actor: string, action: string) =>
    infiniteQueryOptions({
      queryKey: ['audit', actor, action],
      queryFn: ({ pageParam, signal }) =>
        unwrap(
          api.GET('/api/admin/audit-events', {
            params: { query: { limit: 50, ...(actor && { actor }), ...(action && { action }), ...(pageParam !== null && { cursor: pageParam }) } },
            signal,
          }),
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor ?? null,
    }),
}

export function useVerifyAudit() {
  return useMutation({ mutationFn: () => unwrap(api.POST('/api/admin/audit-events/verify')) })
}
