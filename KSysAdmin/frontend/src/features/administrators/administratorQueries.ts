import { unwrap } from '@k/ui'
import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client'

export const administratorQueries = {
  all: ['administrators'] as const,
  list: () =>
    infiniteQueryOptions({
      queryKey: administratorQueries.all,
      queryFn: ({ pageParam, signal }) =>
        unwrap(api.GET('/api/admin/administrators', { params: { query: { limit: 50, ...(pageParam !== null && { cursor: pageParam }) } }, signal })),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor ?? null,
    }),
}

function useRefresh(): () => Promise<unknown> {
  const queryClient = useQueryClient()
  return () => queryClient.invalidateQueries({ queryKey: administratorQueries.all })
}

const pathOf = (administratorId: string) => ({ params: { path: { administratorId } } })

export function useInvite() {
  return useMutation({
    mutationFn: (body: { email: string; roleIds: string[]; locale: 'en' | 'id' }) => unwrap(api.POST('/api/admin/administrators', { body })),
    onSettled: useRefresh(),
  })
}

export function useInviteAgain(administratorId: string) {
  return useMutation({
    mutationFn: () => unwrap(api.POST('/api/admin/administrators/{administratorId}/invitation', pathOf(administratorId))),
    onSettled: useRefresh(),
  })
}

export function useChangeRoles(administratorId: string) {
  return useMutation({
    mutationFn: (roleIds: string[]) =>
      unwrap(api.PUT('/api/admin/administrators/{administratorId}/roles', { ...pathOf(administratorId), body: { roleIds } })),
    onSettled: useRefresh(),
  })
}

export function useSuspend(administratorId: string) {
  return useMutation({
    mutationFn: (reason: string) =>
      unwrap(api.POST('/api/admin/administrators/{administratorId}/suspend', { ...pathOf(administratorId), body: { reason } })),
    onSettled: useRefresh(),
  })
}

export function useReactivate(administratorId: string) {
  return useMutation({
    mutationFn: () => unwrap(api.POST('/api/admin/administrators/{administratorId}/reactivate', pathOf(administratorId))),
    onSettled: useRefresh(),
  })
}

export function useResetAccess(administratorId: string) {
  return useMutation({
    mutationFn: () => unwrap(api.POST('/api/admin/administrators/{administratorId}/factors/reset', pathOf(administratorId))),
    onSettled: useRefresh(),
  })
}
