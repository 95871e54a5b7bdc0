import { unwrap } from '@k/ui'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client'

export function useConfirmBrowser() {
  return useMutation({
    mutationFn: (token: string) => unwrap(api.POST('/api/admin/auth/browser/confirm', { body: { token } })),
  })
}
