import { Button, Dialog, PageHeader, usePageTitle } from '@k/ui'
import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useText } from '../../text/text'
import { ListFrame } from '../shell/listFrame'
import { usePermission } from '../shell/usePermission'
import { signInQueries } from '../signIn/signInQueries'
import { AdministratorItem } from './administratorItem'
import { administratorQueries } from './administratorQueries'
import { InviteForm } from './inviteForm'

export function AdministratorsPage() {
  const text = useText()
  const administrators = useInfiniteQuery(administratorQueries.list())
  const { data: me } = useSuspenseQuery(signInQueries.me())
  const mayWrite = usePermission('administrator.write')
  const mayReadRoles = usePermission('role.read')
  const [isInviting, setIsInviting] = useState(false)
  usePageTitle(text('admins.title'))

  return (
    <>
      <PageHeader
        title={text('admins.title')}
        description={text('admins.lead')}
        action={
          <div className="flex flex-wrap gap-3">
            {mayReadRoles && (
              <Button variant="outline" asChild>
                <Link to="/roles">{text('nav.roles')}</Link>
              </Button>
            )}
            {mayWrite && mayReadRoles && (
              <Button onClick={() => setIsInviting(true)}>
                <Plus aria-hidden="true" className="size-4.5" />
                {text('admins.invite')}
              </Button>
            )}
          </div>
        }
      />
      <ListFrame query={administrators} items={administrators.data?.pages.flatMap((page) => page.items)} emptyTitle={text('admins.empty')}>
        {(items) => (
          <ul aria-label={text('admins.title')} className="flex flex-col divide-y divide-line">
            {items.map((item) => (
              <AdministratorItem key={item.id} administrator={item} isSelf={item.id === me.user.id} mayWrite={mayWrite} />
            ))}
          </ul>
        )}
      </ListFrame>
      <Dialog isOpen={isInviting} onClose={() => setIsInviting(false)} title={text('admins.inviteTitle')} description={text('admins.inviteLead')}>
        <InviteForm onClose={() => setIsInviting(false)} />
      </Dialog>
    </>
  )
}
