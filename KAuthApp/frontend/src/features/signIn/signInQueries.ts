import { unwrap } from '@k/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client'
import type { SecondFactorRequired, SignedIn } from '../../api/types'

export function useSignIn() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async (body: { email: string; password: string }): Promise<SignedIn | SecondFactorRequired> =>
      unwrap(api.POST('/api/auth/login', { body: { ...body, client: 'browser' } })),
    onSuccess: () => queryClient.clear(),
  })
}

export function useSignOut() {
  return useMutation({ mutationFn: () => unwrap(api.POST('/api/auth/logout')) })
}
