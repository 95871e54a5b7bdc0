import { useSuspenseQuery } from '@tanstack/react-query'
import type { Permission } from '../../api/types'
import { signInQueries } from '../signIn/signInQueries'

/** Whether to offer it. The server checks again, whatever a page shows. */
export function usePermission(permission: Permission): boolean {
  const { data: me } = useSuspenseQuery(signInQueries.me())
  return me.user.permissions.includes(permission)
}
