import { createApiClient } from '@k/ui'
import type { paths } from './schema.gen'

export const api = createApiClient<paths>({ csrfPath: '/api/auth/csrf', personPath: '/api/auth/me' })
