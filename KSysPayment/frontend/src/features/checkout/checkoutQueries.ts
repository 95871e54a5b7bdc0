import { unwrap } from '@k/ui'
import { queryOptions } from '@tanstack/react-query'
import { api } from '../../api/client'

export const checkoutQueries = {
  view: (token: string) =>
    queryOptions({
      queryKey: ['checkout', token],
      queryFn: ({ signal }) => unwrap(api.GET('/api/payment/checkouts/{token}', { params: { path: { token } }, signal })),
      staleTime: 0,
    }),
}
