import { Badge, Button, Time, type Tone } from '@k/ui'
import { useState } from 'react'
import type { Administrator, AdministratorStatus } from '../../api/types'
import { useText, type Text } from '../../text/text'
import { AdministratorDialog, type Asked } from './administratorDialog'

const TONES: Record<AdministratorStatus, Tone> = { invited: 'neutral', active: 'jade', suspended: 'brick' }
const ACTIONS: Record<AdministratorStatus, readonly Exclude<Asked, null>[]> = {
  invited: ['roles', 'inviteAgain', 'suspend'],
  active: ['roles', 'reset', 'suspend'],
  suspended: ['roles', 'reactivate'],
}

interface AdministratorItemProps {
  administrator: Administrator
  isSelf: boolean
  mayWrite: boolean
}

export function AdministratorItem({ administrator, isSelf, mayWrite }: AdministratorItemProps) {
  const text = useText()
  const [asked, setAsked] = useState<Asked>(null)
  const { email, status } = administrator
  const actions = mayWrite ? ACTIONS[status].filter((action) => !isSelf || action === 'roles') : []
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 p-5 sm:px-6">
      <div className="flex min-w-0 flex-col gap-0.5">
        <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium wrap-anywhere">
          {email}
          <Badge tone={TONES[status]}>{text(`adminStatus.${status}`)}</Badge>
          {isSelf && <Badge tone="nila">{text('admins.self')}</Badge>}
        </span>
        <span className="text-[0.95rem]">{administrator.roles.map((role) => role.name).join(', ') || text('admins.noRoles')}</span>
        <span className="text-sm text-ink-soft">
          {factorsText(text, administrator)} · {text('users.lastLogin')}{' '}
          {administrator.lastLoginAt === null ? text('users.never') : <Time at={administrator.lastLoginAt} as="relative" />}
        </span>
      </div>
      <div className="flex flex-wrap gap-2 empty:hidden">
        {actions.map((action) => (
          <Button
            key={action}
            size="sm"
            variant={action === 'suspend' || action === 'reset' ? 'dangerQuiet' : 'outline'}
            aria-label={text(`admins.${action}Of`, { email })}
            onClick={() => setAsked(action)}
          >
            {text(`admins.${action}`)}
          </Button>
        ))}
      </div>
      <AdministratorDialog administrator={administrator} asked={asked} onClose={() => setAsked(null)} />
    </li>
  )
}

function factorsText(text: Text, { factors }: Administrator): string {
  const names = [
    ...(factors.passkeys > 0 ? [text('admins.passkeys', { count: factors.passkeys })] : []),
    ...(factors.totp ? [text('method.totp')] : []),
    ...(factors.recoveryCodesLeft > 0 ? [text('recovery.left', { count: factors.recoveryCodesLeft })] : []),
  ]
  return names.join(', ') || text('admins.noFactors')
}
