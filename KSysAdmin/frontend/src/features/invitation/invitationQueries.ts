import { unwrap } from '@k/ui'
import { queryOptions, useMutation } from '@tanstack/react-query'
import { api } from '../../api/client'

export const passwordPolicyQuery = queryOptions({
  queryKey: ['passwordPolicy'],
  queryFn: ({ signal }) => unwrap(api.GET('/api/admin/auth/password-policy', { signal })),
})

export function useAcceptInvitation() {
  return useMutation({
    mutationFn: (body: { token: string; password: string }) => unwrap(api.POST('/api/admin/auth/invitation/accept', { body })),
  })
}
