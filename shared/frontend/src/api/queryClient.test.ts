import { onlineManager } from '@tanstack/react-query'
import { afterEach, expect, test } from 'vitest'
import { ProblemError } from './problem'
import { createQueryClient } from './queryClient'

afterEach(() => onlineManager.setOnline(true))

const unreachable = () => Promise.reject(new ProblemError({ title: '', status: 0, code: 'client.unreachable' }))

test('without a network a change is refused at once: it is not kept to happen later by itself', async () => {
  onlineManager.setOnline(false)
  const client = createQueryClient()
  const change = client.getMutationCache().build(client, { mutationFn: unreachable })
  await expect(change.execute(undefined)).rejects.toMatchObject({ code: 'client.unreachable' })
})

test('without a network a page says so instead of loading for ever', async () => {
  onlineManager.setOnline(false)
  const client = createQueryClient()
  await expect(client.query({ queryKey: ['anything'], queryFn: unreachable, retry: false })).rejects.toMatchObject({ code: 'client.unreachable' })
})
