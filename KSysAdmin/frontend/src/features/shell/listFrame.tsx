import { Button, Card, EmptyState, LoadingLines, LoadProblem } from '@k/ui'
import type { ReactNode } from 'react'
import { useText } from '../../text/text'

interface PagedQuery {
  isPending: boolean
  isError: boolean
  error: Error | null
  hasNextPage: boolean
  isFetchingNextPage: boolean
  refetch: () => unknown
  fetchNextPage: () => unknown
}

/** A list that comes page by page: while it loads, when it fails, when it is empty, and “more”. */
export function ListFrame<Item>(props: {
  query: PagedQuery
  items: readonly Item[] | undefined
  emptyTitle: string
  children: (items: readonly Item[]) => ReactNode
}) {
  const text = useText()
  const { query, items } = props
  return (
    <>
      <Card>
        {query.isPending && (
          <div className="p-6">
            <LoadingLines lines={6} />
          </div>
        )}
        {query.isError && items === undefined && <LoadProblem error={query.error} retry={() => void query.refetch()} />}
        {items?.length === 0 && <EmptyState title={props.emptyTitle} />}
        {items !== undefined && items.length > 0 && props.children(items)}
      </Card>
      {query.hasNextPage && (
        <div className="flex justify-center pt-6">
          <Button variant="outline" isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {text('kit.loadMore')}
          </Button>
        </div>
      )}
    </>
  )
}
