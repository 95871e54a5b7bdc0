import { createApiClient, createProofGate } from '@k/ui'
import type { paths } from './schema.gen'

/** Where calls wait that need a fresh proof of who one is: the account's dialog answers. */
export const proofGate = createProofGate()

export const api = createApiClient<paths>({
  csrfPath: '/api/auth/csrf',
  personPath: '/api/auth/me',
  anonymousPaths: [
    '/api/auth/register',
    '/api/auth/verify-email',
    '/api/auth/verify-email/resend',
    '/api/auth/login',
    '/api/auth/login/second-factor',
    '/api/auth/passkeys/authentication/options',
    '/api/auth/passkeys/authentication/verify',
    '/api/auth/password/forgot',
    '/api/auth/password/reset',
    '/api/auth/email/change/revert',
  ],
  statelessPaths: ['/api/auth/password/strength'],
  proveAgain: proofGate.ask,
})
