import { unwrap } from '@k/ui'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client'

export function useAcceptInvitation() {
  return useMutation({
    mutationFn: (body: { token: string; password: string }) => unwrap(api.POST('/api/admin/auth/invitation/accept', { body })),
  })
}
