import { createApiClient, createProofGate } from '@k/ui'
import type { paths } from './schema.gen'

/** Where calls wait that need a fresh proof of who one is: the shell's dialog answers. */
export const proofGate = createProofGate()

export const api = createApiClient<paths>({
  csrfPath: '/api/admin/auth/csrf',
  personPath: '/api/admin/auth/me',
  anonymousPaths: [
    '/api/admin/auth/login',
    '/api/admin/auth/second-factor',
    '/api/admin/auth/mfa/totp/enroll',
    '/api/admin/auth/mfa/totp/confirm',
    '/api/admin/auth/passkeys/authentication/options',
    '/api/admin/auth/passkeys/enrollment/options',
    '/api/admin/auth/passkeys/enrollment/verify',
    '/api/admin/auth/invitation/accept',
    '/api/admin/auth/browser/confirm',
  ],
  statelessPaths: ['/api/admin/auth/password/strength'],
  proveAgain: proofGate.ask,
})
