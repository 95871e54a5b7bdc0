import { createApiClient } from '@k/ui'
import type { paths } from './contract'

export const api = createApiClient<paths>({ csrfPath: '/api/auth/csrf' })
