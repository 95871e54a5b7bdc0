import { unwrap } from '@k/ui'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client'

export function useForgotPassword() {
  return useMutation({ mutationFn: (email: string) => unwrap(api.POST('/api/auth/password/forgot', { body: { email } })) })
}

export function useResetPassword() {
  return useMutation({
    mutationFn: (body: { email: string; code: string; newPassword: string }) => unwrap(api.POST('/api/auth/password/reset', { body })),
  })
}
