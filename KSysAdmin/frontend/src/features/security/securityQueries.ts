import { unwrap } from '@k/ui'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client'
import type { RegisterPasskey } from '../../api/types'
import { createPasskey } from '../passkeys/passkeys'
import { signInQueries } from '../signIn/signInQueries'

export const securityQueries = {
  all: ['security'] as const,
  passkeys: () =>
    queryOptions({
      queryKey: [...securityQueries.all, 'passkeys'],
      queryFn: ({ signal }) => unwrap(api.GET('/api/admin/auth/passkeys', { signal })),
    }),
  sessions: () =>
    queryOptions({
      queryKey: [...securityQueries.all, 'sessions'],
      queryFn: ({ signal }) => unwrap(api.GET('/api/admin/auth/sessions', { signal })),
    }),
}

/** After a change of a factor: what is known of the own account, its passkeys and its sessions is read anew. */
function useRefresh(): () => Promise<unknown> {
  const queryClient = useQueryClient()
  return () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: securityQueries.all }),
      queryClient.invalidateQueries({ queryKey: signInQueries.me().queryKey }),
    ])
}

const pathOf = (passkeyId: string) => ({ params: { path: { passkeyId } } })

async function addPasskey(name: string) {
  const options = await unwrap(api.POST('/api/admin/auth/passkeys/registration/options'))
  const created = await createPasskey<Omit<RegisterPasskey, 'name'>>(options)
  return unwrap(api.POST('/api/admin/auth/passkeys/registration/verify', { body: { ...created, name } }))
}

export function useAddPasskey() {
  return useMutation({ mutationFn: addPasskey, onSuccess: useRefresh() })
}

export function useRenamePasskey() {
  return useMutation({
    mutationFn: ({ passkeyId, name }: { passkeyId: string; name: string }) =>
      unwrap(api.PATCH('/api/admin/auth/passkeys/{passkeyId}', { ...pathOf(passkeyId), body: { name } })),
    onSuccess: useRefresh(),
  })
}

export function useRemovePasskey() {
  return useMutation({
    mutationFn: (passkeyId: string) => unwrap(api.DELETE('/api/admin/auth/passkeys/{passkeyId}', pathOf(passkeyId))),
    onSuccess: useRefresh(),
  })
}

export function useChangePassword() {
  return useMutation({
    mutationFn: (body: { currentPassword: string; newPassword: string }) => unwrap(api.POST('/api/admin/auth/password', { body })),
    onSuccess: useRefresh(),
  })
}

export function useProposeTotp() {
  return useMutation({ mutationFn: () => unwrap(api.POST('/api/admin/auth/mfa/totp/setup')) })
}

export function useSetUpTotp() {
  return useMutation({
    mutationFn: (code: string) => unwrap(api.POST('/api/admin/auth/mfa/totp/setup/confirm', { body: { code } })),
    onSuccess: useRefresh(),
  })
}

export function useRemoveTotp() {
  return useMutation({ mutationFn: () => unwrap(api.DELETE('/api/admin/auth/mfa/totp')), onSuccess: useRefresh() })
}

export function useRenewRecoveryCodes() {
  return useMutation({ mutationFn: () => unwrap(api.POST('/api/admin/auth/mfa/recovery-codes')), onSuccess: useRefresh() })
}

export function useEndOwnSession() {
  return useMutation({
    mutationFn: (sessionId: string) => unwrap(api.DELETE('/api/admin/auth/sessions/{sessionId}', { params: { path: { sessionId } } })),
    onSuccess: useRefresh(),
  })
}

export function useEndOtherSessions() {
  return useMutation({ mutationFn: () => unwrap(api.DELETE('/api/admin/auth/sessions')), onSuccess: useRefresh() })
}

export function useChangeLocale() {
  return useMutation({
    mutationFn: (locale: 'en' | 'id') => unwrap(api.PATCH('/api/admin/auth/me', { body: { locale } })),
    onSuccess: useRefresh(),
  })
}
