import { Badge, Button, Card, CardBody, CardHeader, LoadingLines, LoadProblem, Time, useKitText, useProblemText, useToast } from '@k/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ApiKey } from '../../api/types'
import { useText } from '../../text/text'
import { usePermission } from '../shell/usePermission'
import { userQueries, useRevokeApiKey } from './userQueries'

/** What the programs of a user are known by. */
export function ApiKeysCard({ userId }: { userId: string }) {
  const text = useText()
  const kitText = useKitText()
  const keys = useInfiniteQuery(userQueries.apiKeys(userId))
  const items = keys.data?.pages.flatMap((page) => page.items)
  return (
    <Card aria-labelledby="apiKeys">
      <CardHeader id="apiKeys" title={text('apiKeys.title')} />
      <CardBody className="flex flex-col gap-4">
        {keys.isPending && <LoadingLines lines={2} />}
        {keys.isError && items === undefined && <LoadProblem error={keys.error} retry={() => void keys.refetch()} />}
        {items?.length === 0 && <p className="text-ink-soft">{text('apiKeys.none')}</p>}
        <ul className="flex flex-col divide-y divide-line empty:hidden">
          {items?.map((key) => (
            <KeyItem key={key.id} userId={userId} apiKey={key} />
          ))}
        </ul>
        {keys.hasNextPage && (
          <Button variant="outline" size="sm" className="self-start" isBusy={keys.isFetchingNextPage} onClick={() => void keys.fetchNextPage()}>
            {kitText('kit.loadMore')}
          </Button>
        )}
      </CardBody>
    </Card>
  )
}

function KeyItem({ userId, apiKey }: { userId: string; apiKey: ApiKey }) {
  const text = useText()
  const toast = useToast()
  const problemText = useProblemText()
  const mayRevoke = usePermission('user.revokeSessions')
  const revoke = useRevokeApiKey(userId)
  const { name, revokedAt } = apiKey

  function revokeIt(): void {
    revoke.mutate(apiKey.id, {
      onSuccess: () => toast(text('apiKeys.revoked')),
      onError: (error) => toast(problemText(error), 'brick'),
    })
  }

  return (
    <li className="flex items-center justify-between gap-4 py-3 first:pt-0 last:pb-0">
      <div className="flex min-w-0 flex-col gap-0.5">
        <span className="flex flex-wrap items-center gap-2.5 font-medium wrap-anywhere">
          {name}
          {revokedAt !== null && <Badge tone="brick">{text('apiKeys.isRevoked')}</Badge>}
        </span>
        <span className="text-sm text-ink-soft wrap-anywhere">
          <code>{apiKey.prefix}…</code> · {apiKey.scopes.join(', ')} ·{' '}
          {apiKey.lastUsedAt === null ? (
            text('apiKeys.neverUsed')
          ) : (
            <>
              {text('apiKeys.lastUsed')} <Time at={apiKey.lastUsedAt} as="relative" />
            </>
          )}
        </span>
      </div>
      {mayRevoke && revokedAt === null && (
        <Button variant="dangerQuiet" size="sm" isBusy={revoke.isPending} aria-label={text('apiKeys.revokeOf', { name })} onClick={revokeIt}>
          {text('apiKeys.revoke')}
        </Button>
      )}
    </li>
  )
}
