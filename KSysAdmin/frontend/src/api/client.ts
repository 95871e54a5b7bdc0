import { createApiClient } from '@k/ui'
import type { paths } from './schema.gen'

export const api = createApiClient<paths>({
  csrfPath: '/api/admin/auth/csrf',
  anonymousPaths: [
    '/api/admin/auth/login',
    '/api/admin/auth/second-factor',
    '/api/admin/auth/mfa/totp/enroll',
    '/api/admin/auth/mfa/totp/confirm',
    '/api/admin/auth/invitation/accept',
  ],
})
