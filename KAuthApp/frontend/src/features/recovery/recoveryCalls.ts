import { unwrap } from '@k/ui'
import { api } from '../../api/client'
import type { FactorProof } from '../../api/types'
import { withProof } from '../../api/withProof'

export function mailResetCode(email: string) {
  return withProof('forgot', (work) => api.POST('/api/auth/password/forgot', { body: { email, ...work } }))
}

export function resetPassword(body: { email: string; code: string; newPassword: string; secondFactor?: FactorProof }) {
  return unwrap(api.POST('/api/auth/password/reset', { body }))
}
