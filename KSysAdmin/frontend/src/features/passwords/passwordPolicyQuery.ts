import { unwrap } from '@k/ui'
import { queryOptions } from '@tanstack/react-query'
import { api } from '../../api/client'

export const passwordPolicyQuery = queryOptions({
  queryKey: ['passwordPolicy'],
  queryFn: ({ signal }) => unwrap(api.GET('/api/admin/auth/password-policy', { signal })),
})
