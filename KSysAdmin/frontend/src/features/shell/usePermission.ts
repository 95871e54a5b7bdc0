import { useSuspenseQuery } from '@tanstack/react-query'
import type { Permission } from '../../api/types'
import { signInQueries } from '../signIn/signInQueries'

/** Everything the own roles allow. */
export function usePermissions(): ReadonlySet<Permission> {
  const { data: me } = useSuspenseQuery(signInQueries.me())
  return new Set(me.user.permissions)
}

/** Whether to offer it. The server checks again, whatever a page shows. */
export function usePermission(permission: Permission): boolean {
  return usePermissions().has(permission)
}
