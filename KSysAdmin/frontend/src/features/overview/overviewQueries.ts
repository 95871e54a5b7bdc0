import { unwrap } from '@k/ui'
import { queryOptions } from '@tanstack/react-query'
import { api } from '../../api/client'

export const overviewQueries = {
  overview: () =>
    queryOptions({
      queryKey: ['overview'],
      queryFn: ({ signal }) => unwrap(api.GET('/api/admin/stats/overview', { signal })),
      refetchInterval: 30_000,
    }),
}
