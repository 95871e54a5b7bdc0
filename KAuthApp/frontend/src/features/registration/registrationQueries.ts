import { unwrap, type Locale } from '@k/ui'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client'

export function useRegister() {
  return useMutation({
    mutationFn: (body: { email: string; password: string; fullName: string | null; locale: Locale }) =>
      unwrap(api.POST('/api/auth/register', { body })),
  })
}

export function useVerifyEmail() {
  return useMutation({
    mutationFn: (body: { email: string; code: string }) => unwrap(api.POST('/api/auth/verify-email', { body })),
  })
}

export function useResendCode() {
  return useMutation({
    mutationFn: (email: string) => unwrap(api.POST('/api/auth/verify-email/resend', { body: { email } })),
  })
}
