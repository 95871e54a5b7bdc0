import { unwrap } from '@k/ui'
import { queryOptions, useMutation } from '@tanstack/react-query'
import { api } from '../../api/client'
import { useRefreshAccount } from '../account/accountQueries'
import { loadCeremonies } from '../passkeys/passkeySupport'
import { keepingCodes } from './keepingCodes'

export const factorQueries = {
  passkeys: () =>
    queryOptions({
      queryKey: ['passkeys'],
      queryFn: ({ signal }) => unwrap(api.GET('/api/auth/passkeys', { signal })),
    }),
}

const pathOf = (passkeyId: string) => ({ params: { path: { passkeyId } } })

async function addPasskey(name: string) {
  const [options, { createPasskey }] = await Promise.all([unwrap(api.POST('/api/auth/passkeys/registration/options')), loadCeremonies()])
  const created = await createPasskey(options)
  return keepingCodes(unwrap(api.POST('/api/auth/passkeys/registration/verify', { body: { ...created, name } })))
}

export function useAddPasskey() {
  return useMutation({ mutationFn: addPasskey, onSuccess: useRefreshAccount() })
}

export function useRenamePasskey() {
  return useMutation({
    mutationFn: ({ passkeyId, name }: { passkeyId: string; name: string }) =>
      unwrap(api.PATCH('/api/auth/passkeys/{passkeyId}', { ...pathOf(passkeyId), body: { name } })),
    onSuccess: useRefreshAccount(),
  })
}

export function useRemovePasskey() {
  return useMutation({
    mutationFn: (passkeyId: string) => unwrap(api.DELETE('/api/auth/passkeys/{passkeyId}', pathOf(passkeyId))),
    onSuccess: useRefreshAccount(),
  })
}

export function useEnrollTotp() {
  return useMutation({ mutationFn: () => unwrap(api.POST('/api/auth/mfa/totp/enroll')) })
}

export function useConfirmTotp() {
  return useMutation({
    mutationFn: (code: string) => keepingCodes(unwrap(api.POST('/api/auth/mfa/totp/confirm', { body: { code } }))),
    onSuccess: useRefreshAccount(),
  })
}

export function useRemoveTotp() {
  return useMutation({ mutationFn: () => unwrap(api.DELETE('/api/auth/mfa/totp')), onSuccess: useRefreshAccount() })
}

export function useRenewRecoveryCodes() {
  return useMutation({ mutationFn: () => keepingCodes(unwrap(api.POST('/api/auth/mfa/recovery-codes'))), onSuccess: useRefreshAccount() })
}

export function useChangePassword() {
  return useMutation({
    mutationFn: (body: { currentPassword: string; newPassword: string }) => unwrap(api.POST('/api/auth/password/change', { body })),
    onSuccess: useRefreshAccount(),
  })
}
