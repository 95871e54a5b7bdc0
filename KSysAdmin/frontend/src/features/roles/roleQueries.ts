import { unwrap } from '@k/ui'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client'
import type { Permission } from '../../api/types'

export interface RoleDraft {
  name: string
  description: string
  permissions: Permission[]
}

export const roleQueries = {
  all: ['roles'] as const,
  list: () =>
    queryOptions({
      queryKey: roleQueries.all,
      queryFn: ({ signal }) => unwrap(api.GET('/api/admin/roles', { params: { query: { limit: 200 } }, signal })),
    }),
  permissions: () =>
    queryOptions({
      queryKey: ['permissions'],
      queryFn: ({ signal }) => unwrap(api.GET('/api/admin/permissions', { signal })),
      staleTime: Infinity,
    }),
}

function useRefresh(): () => Promise<unknown> {
  const queryClient = useQueryClient()
  return () => queryClient.invalidateQueries({ queryKey: roleQueries.all })
}

/** Creates a role, or replaces the one with this id. */
export function useSaveRole(roleId: string | null) {
  return useMutation({
    mutationFn: (body: RoleDraft) =>
      roleId === null
        ? unwrap(api.POST('/api/admin/roles', { body }))
        : unwrap(api.PUT('/api/admin/roles/{roleId}', { params: { path: { roleId } }, body })),
    onSettled: useRefresh(),
  })
}

export function useRemoveRole(roleId: string) {
  return useMutation({
    mutationFn: () => unwrap(api.DELETE('/api/admin/roles/{roleId}', { params: { path: { roleId } } })),
    onSettled: useRefresh(),
  })
}
