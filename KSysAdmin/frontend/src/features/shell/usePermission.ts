import { useSuspenseQuery } from '@tanstack/react-query'
import { signInQueries } from '../signIn/signInQueries'

/** Whether to offer it. The server checks again, whatever a page shows. */
export function usePermission(permission: string): boolean {
  const { data: me } = useSuspenseQuery(signInQueries.me())
  return me.user.permissions.some((held) => held === permission)
}
