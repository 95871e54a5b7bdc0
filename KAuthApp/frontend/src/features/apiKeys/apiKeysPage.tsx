import { Button, Card, EmptyState, LoadingLines, LoadProblem, PageHeader, usePageTitle } from '@k/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useAccountText } from '../../text/accountText'
import { ApiKeyItem } from './apiKeyItem'
import { apiKeyQueries } from './apiKeyQueries'
import { NewApiKeyDialog } from './newApiKeyDialog'
import { SecretDialog } from './secretDialog'

export function ApiKeysPage() {
  const text = useAccountText()
  const keys = useInfiniteQuery(apiKeyQueries.list())
  const items = keys.data?.pages.flatMap((page) => page.items) ?? []
  const [isCreating, setIsCreating] = useState(false)
  const [secret, setSecret] = useState<string | null>(null)
  usePageTitle(text('keys.title'))

  const create = (
    <Button onClick={() => setIsCreating(true)}>
      <Plus aria-hidden="true" className="size-4.5" />
      {text('keys.create')}
    </Button>
  )
  return (
    <>
      <PageHeader title={text('keys.title')} description={text('keys.lead')} action={items.length > 0 && create} />
      <Card>
        {keys.isPending && (
          <div className="p-6">
            <LoadingLines lines={4} />
          </div>
        )}
        {keys.isError && <LoadProblem error={keys.error} retry={() => void keys.refetch()} />}
        {keys.isSuccess && items.length === 0 && (
          <EmptyState title={text('keys.none')} action={create}>
            {text('keys.noneBody')}
          </EmptyState>
        )}
        <ul aria-label={text('keys.list')} className="flex flex-col divide-y divide-line">
          {items.map((apiKey) => (
            <ApiKeyItem key={apiKey.id} apiKey={apiKey} />
          ))}
        </ul>
      </Card>
      {keys.hasNextPage && (
        <Button variant="outline" className="mt-4" isBusy={keys.isFetchingNextPage} onClick={() => void keys.fetchNextPage()}>
          {text('kit.loadMore')}
        </Button>
      )}
      <NewApiKeyDialog isOpen={isCreating} onClose={() => setIsCreating(false)} onCreated={setSecret} />
      {secret !== null && <SecretDialog secret={secret} onKept={() => setSecret(null)} />}
    </>
  )
}
