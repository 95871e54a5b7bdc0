import { unwrap } from '@k/ui'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client'

export const settingQueries = {
  all: ['settings'] as const,
  list: () =>
    queryOptions({
      queryKey: [...settingQueries.all, 'list'],
      queryFn: ({ signal }) => unwrap(api.GET('/api/admin/settings', { signal })),
    }),
  history: (key: string) =>
    queryOptions({
      queryKey: [...settingQueries.all, 'history', key],
      queryFn: ({ signal }) => unwrap(api.GET('/api/admin/settings/{key}/history', { params: { path: { key }, query: { limit: 20 } }, signal })),
    }),
}

export function useChangeSetting(key: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (value: SettingValue) => unwrap(api.PUT('/api/admin/settings/{key}', { params: { path: { key } }, body: { value } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: settingQueries.all }),
  })
}

export type SettingValue = string | number | boolean | string[]
