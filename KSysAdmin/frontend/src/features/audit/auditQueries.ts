import { unwrap } from '@k/ui'
import { infiniteQueryOptions, useMutation } from '@tanstack/react-query'
import { api } from '../../api/client'

export const auditQueries = {
  list: ({ actor, action, target }: { actor: string; action: string; target: string }) =>
    infiniteQueryOptions({
      queryKey: ['audit', actor, action, target],
      queryFn: ({ pageParam, signal }) =>
        unwrap(
          api.GET('/api/admin/audit-events', {
            params: {
              query: {
                limit: 50,
                ...(actor && { actor }),
                ...(action && { action }),
                ...(target && { target }),
                ...(pageParam !== null && { cursor: pageParam }),
              },
            },
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
