import { unwrap, type Money } from '@k/ui'
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client'
import type { PaymentStatus } from '../../api/types'

const PAGE_SIZE = 25

export const paymentQueries = {
  all: ['payments'] as const,
  list: (status: PaymentStatus | undefined) =>
    infiniteQueryOptions({
      queryKey: [...paymentQueries.all, 'list', status ?? 'any'],
      queryFn: ({ pageParam, signal }) =>
        unwrap(
          api.GET('/api/payment/payments', {
            params: { query: { limit: PAGE_SIZE, ...(status && { status }), ...(pageParam !== null && { cursor: pageParam }) } },
            signal,
          }),
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor ?? null,
    }),
  detail: (paymentId: string) =>
    queryOptions({
      queryKey: [...paymentQueries.all, 'detail', paymentId],
      queryFn: ({ signal }) => unwrap(api.GET('/api/payment/payments/{paymentId}', { params: { path: { paymentId } }, signal })),
    }),
}

export interface NewPayment {
  reference: string
  amount: Money
  description: string | null
  expiresInSeconds: number
}

/** `key` names the attempt: sending the same form again, after a lost answer, creates nothing twice. */
export function useCreatePayment() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ key, payment }: { key: string; payment: NewPayment }) =>
      unwrap(
        api.POST('/api/payment/payments', {
          params: { header: { 'Idempotency-Key': key } },
          body: { ...payment, method: 'briva' },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: paymentQueries.all }),
  })
}

export function useCancelPayment(paymentId: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => unwrap(api.POST('/api/payment/payments/{paymentId}/cancel', { params: { path: { paymentId } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: paymentQueries.all }),
  })
}
