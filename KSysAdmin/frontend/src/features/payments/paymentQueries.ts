import { unwrap } from '@k/ui'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api } from '../../api/client'
import type { PaymentStatus } from '../../api/types'

export const paymentQueries = {
  all: ['payments'] as const,
  list: (reference: string, status: PaymentStatus | undefined) =>
    infiniteQueryOptions({
      queryKey: [...paymentQueries.all, 'list', reference, status ?? 'any'],
      queryFn: ({ pageParam, signal }) =>
        unwrap(
          api.GET('/api/admin/payments', {
            params: {
              query: { limit: 50, ...(reference && { reference }), ...(status && { status }), ...(pageParam !== null && { cursor: pageParam }) },
            },
            signal,
          }),
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor ?? null,
    }),
  timeline: (paymentId: string) =>
    queryOptions({
      queryKey: [...paymentQueries.all, 'timeline', paymentId],
      queryFn: ({ signal }) => unwrap(api.GET('/api/admin/payments/{paymentId}/timeline', { params: { path: { paymentId } }, signal })),
    }),
}
