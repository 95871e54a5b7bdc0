import { Badge, Button, Card, ConfirmDialog, Dialog, LoadingLines, LoadProblem, PageHeader, usePageTitle, useToast } from '@k/ui'
import { useQuery } from '@tanstack/react-query'
import { Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Role } from '../../api/types'
import { useText } from '../../text/text'
import { BackLink } from '../shell/backLink'
import { usePermission } from '../shell/usePermission'
import { RoleForm } from './roleForm'
import { roleQueries, useRemoveRole } from './roleQueries'
import { descriptionOf } from './roleText'

export function RolesPage() {
  const text = useText()
  const roles = useQuery(roleQueries.list())
  const mayWrite = usePermission('role.write')
  const [isAdding, setIsAdding] = useState(false)
  usePageTitle(text('nav.roles'))
  return (
    <>
      <PageHeader
        back={<BackLink to="/administrators">{text('admins.title')}</BackLink>}
        title={text('nav.roles')}
        description={text('roles.lead')}
        action={
          mayWrite && (
            <Button onClick={() => setIsAdding(true)}>
              <Plus aria-hidden="true" className="size-4.5" />
              {text('roles.new')}
            </Button>
          )
        }
      />
      <Card>
        {roles.isPending && (
          <div className="p-6">
            <LoadingLines lines={4} />
          </div>
        )}
        {roles.isError && <LoadProblem error={roles.error} retry={() => void roles.refetch()} />}
        <ul aria-label={text('nav.roles')} className="flex flex-col divide-y divide-line">
          {roles.data?.items.map((role) => (
            <RoleItem key={role.id} item={role} mayWrite={mayWrite && !role.builtIn} />
          ))}
        </ul>
      </Card>
      <Dialog isOpen={isAdding} onClose={() => setIsAdding(false)} title={text('roles.new')}>
        <RoleForm present={null} onClose={() => setIsAdding(false)} />
      </Dialog>
    </>
  )
}

function RoleItem({ item: role, mayWrite }: { item: Role; mayWrite: boolean }) {
  const text = useText()
  const toast = useToast()
  const remove = useRemoveRole(role.id)
  const [asked, setAsked] = useState<'nothing' | 'edit' | 'remove'>('nothing')
  const { name } = role
  const close = () => setAsked('nothing')
  return (
    <li className="flex items-start justify-between gap-4 p-5 sm:px-6">
      <div className="flex min-w-0 flex-col gap-1">
        <span className="flex flex-wrap items-center gap-2.5 font-medium">
          {name}
          {role.builtIn && <Badge>{text('roles.builtIn')}</Badge>}
        </span>
        {role.description !== '' && <span className="text-ink-soft">{descriptionOf(role, text)}</span>}
        <span className="font-mono text-[0.8125rem] text-ink-soft wrap-anywhere">
          {role.builtIn ? text('roles.everything') : role.permissions.join(', ') || text('roles.nothing')}
        </span>
      </div>
      {mayWrite && (
        <div className="flex shrink-0">
          <Button variant="plain" size="icon" aria-label={text('roles.editOf', { name })} onClick={() => setAsked('edit')}>
            <Pencil aria-hidden="true" className="size-4.5" />
          </Button>
          <Button variant="dangerQuiet" size="icon" aria-label={text('roles.removeOf', { name })} onClick={() => setAsked('remove')}>
            <Trash2 aria-hidden="true" className="size-4.5" />
          </Button>
        </div>
      )}
      <Dialog isOpen={asked === 'edit'} onClose={close} title={text('roles.editOf', { name })}>
        <RoleForm present={role} onClose={close} />
      </Dialog>
      <ConfirmDialog
        isOpen={asked === 'remove'}
        onClose={close}
        title={text('roles.removeOf', { name })}
        body={text('roles.removeBody')}
        label={text('roles.remove')}
        onConfirm={() => remove.mutateAsync().then(() => toast(text('roles.removed')))}
      />
    </li>
  )
}
