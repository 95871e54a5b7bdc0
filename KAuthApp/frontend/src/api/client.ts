import { createApiClient } from '@k/ui'
import type { paths } from './schema.gen'

export const api = createApiClient<paths>({
  csrfPath: '/api/auth/csrf',
  anonymousPaths: [
    '/api/auth/register',
    '/api/auth/verify-email',
    '/api/auth/verify-email/resend',
    '/api/auth/login',
    '/api/auth/password/forgot',
    '/api/auth/password/reset',
  ],
})
