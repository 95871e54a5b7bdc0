import { unwrap } from '@k/ui'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client'
import type { Proof } from '../factors/factorChooser'

export const signInQueries = {
  me: () =>
    queryOptions({
      queryKey: ['me'],
      queryFn: ({ signal }) => unwrap(api.GET('/api/admin/auth/me', { signal })),
      staleTime: 60_000,
      // another window may have signed out, or somebody else in
      refetchOnWindowFocus: 'always',
    }),
  enrollment: (challengeId: string) =>
    queryOptions({
      queryKey: ['enrollment', challengeId],
      queryFn: () => unwrap(api.POST('/api/admin/auth/mfa/totp/enroll', { body: { challengeId } })),
      // asking twice would make a second secret
      staleTime: Infinity,
      retry: false,
    }),
}

export function useSignIn() {
  return useMutation({
    mutationFn: (body: { email: string; password: string }) => unwrap(api.POST('/api/admin/auth/login', { body })),
  })
}

export function useConfirmTotp() {
  return useMutation({
    mutationFn: (body: { challengeId: string; code: string }) => unwrap(api.POST('/api/admin/auth/mfa/totp/confirm', { body })),
  })
}

export function useSecondFactor() {
  return useMutation({
    mutationFn: (body: Proof & { challengeId: string }) =>
      unwrap(api.POST('/api/admin/auth/second-factor', { body })),
  })
}

export function useSignOut() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => unwrap(api.POST('/api/admin/auth/logout')),
    onSuccess: () => queryClient.clear(),
  })
}
