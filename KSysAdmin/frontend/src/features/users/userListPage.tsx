import { Cell, HeaderCell, PageHeader, Row, SelectControl, Table, Time, usePageTitle } from '@k/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { User } from '../../api/types'
import { useText } from '../../text/text'
import { ListFrame } from '../shell/listFrame'
import { SearchBox } from '../shell/searchBox'
import { userQueries } from './userQueries'
import { toUserStatus, USER_STATUSES, UserStatusBadge } from './userStatus'

const route = getRouteApi('/signedIn/users')

export function UserListPage() {
  const text = useText()
  const navigate = useNavigate()
  const search = route.useSearch()
  const status = toUserStatus(search.status)
  const users = useInfiniteQuery(userQueries.list(search.query ?? '', status))
  usePageTitle(text('users.title'))

  function change(changed: { query?: string; status?: string }): void {
    const next = { ...search, ...changed }
    void navigate({ to: '/users', search: { ...(next.query && { query: next.query }), ...(next.status && { status: next.status }) }, replace: true })
  }

  return (
    <>
      <PageHeader title={text('users.title')} />
      <div className="mb-4 flex flex-wrap gap-3">
        <SearchBox label={text('users.searchHint')} value={search.query ?? ''} onSearch={(query) => change({ query })} />
        <div className="w-full sm:w-56">
          <SelectControl
            aria-label={text('users.status')}
            value={status ?? ''}
            choices={[{ value: '', label: text('users.allStatuses') }, ...USER_STATUSES.map((value) => ({ value, label: text(`userStatus.${value}`) }))]}
            onValueChange={(value) => change({ status: value })}
          />
        </div>
      </div>
      <ListFrame query={users} items={users.data?.pages.flatMap((page) => page.items)} emptyTitle={text('users.empty')}>
        {(items) => <UserTable items={items} />}
      </ListFrame>
    </>
  )
}

function UserTable({ items }: { items: readonly User[] }) {
  const text = useText()
  return (
    <Table label={text('users.title')}>
      <thead>
        <tr>
          <HeaderCell>{text('users.user')}</HeaderCell>
          <HeaderCell className="max-sm:hidden">{text('users.status')}</HeaderCell>
          <HeaderCell className="max-md:hidden">{text('users.lastLogin')}</HeaderCell>
          <HeaderCell className="max-md:hidden">{text('users.created')}</HeaderCell>
        </tr>
      </thead>
      <tbody>
        {items.map((user) => (
          <Row key={user.id}>
            <Cell className="max-w-72">
              <Link
                to="/users/$userId"
                params={{ userId: user.id }}
                className="block truncate rounded font-medium after:absolute after:inset-0 hover:text-nila"
              >
                {user.email}
              </Link>
              <span className="block truncate text-sm text-ink-soft">{user.fullName ?? text('users.noName')}</span>
              <span className="mt-1.5 block sm:hidden">
                <UserStatusBadge status={user.status} />
              </span>
            </Cell>
            <Cell className="max-sm:hidden">
              <UserStatusBadge status={user.status} />
            </Cell>
            <Cell className="whitespace-nowrap text-ink-soft max-md:hidden">
              {user.lastLoginAt === null ? text('users.never') : <Time at={user.lastLoginAt} as="relative" />}
            </Cell>
            <Cell className="whitespace-nowrap text-ink-soft max-md:hidden">
              <Time at={user.createdAt} as="date" />
            </Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  )
}
