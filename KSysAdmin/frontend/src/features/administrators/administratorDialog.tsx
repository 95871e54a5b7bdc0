import { ConfirmDialog, Dialog, useToast } from '@k/ui'
import type { Administrator } from '../../api/types'
import { useText } from '../../text/text'
import { ReasonForm } from '../reasonForm'
import { useInviteAgain, useReactivate, useResetAccess, useSuspend } from './administratorQueries'
import { RolesForm } from './rolesForm'

export type Asked = 'roles' | 'inviteAgain' | 'suspend' | 'reactivate' | 'reset' | null

interface AdministratorDialogProps {
  administrator: Administrator
  asked: Asked
  onClose: () => void
}

/** What is done to another administrator, each after a question. */
export function AdministratorDialog({ administrator, asked, onClose }: AdministratorDialogProps) {
  const text = useText()
  const toast = useToast()
  const inviteAgain = useInviteAgain(administrator.id)
  const reactivate = useReactivate(administrator.id)
  const reset = useResetAccess(administrator.id)
  const { email } = administrator
  const done = (key: 'admins.inviteAgainDone' | 'admins.reactivateDone' | 'admins.resetDone') => () => toast(text(key))
  return (
    <>
      <Dialog isOpen={asked === 'roles'} onClose={onClose} title={text('admins.rolesOf', { email })} description={text('admins.rolesLead')}>
        <RolesForm administrator={administrator} onClose={onClose} />
      </Dialog>
      <Dialog isOpen={asked === 'suspend'} onClose={onClose} title={text('users.suspendTitle', { email })} description={text('admins.suspendBody')}>
        <SuspendForm administrator={administrator} onClose={onClose} />
      </Dialog>
      <ConfirmDialog
        isOpen={asked === 'inviteAgain'}
        onClose={onClose}
        title={text('admins.inviteAgainOf', { email })}
        body={text('admins.inviteAgainBody')}
        label={text('admins.inviteAgain')}
        isHarmless
        onConfirm={() => inviteAgain.mutateAsync().then(done('admins.inviteAgainDone'))}
      />
      <ConfirmDialog
        isOpen={asked === 'reactivate'}
        onClose={onClose}
        title={text('admins.reactivateOf', { email })}
        body={text('admins.reactivateBody')}
        label={text('admins.reactivate')}
        isHarmless
        onConfirm={() => reactivate.mutateAsync().then(done('admins.reactivateDone'))}
      />
      <ConfirmDialog
        isOpen={asked === 'reset'}
        onClose={onClose}
        title={text('admins.resetOf', { email })}
        body={text('admins.resetBody')}
        label={text('admins.reset')}
        onConfirm={() => reset.mutateAsync().then(done('admins.resetDone'))}
      />
    </>
  )
}

function SuspendForm({ administrator, onClose }: { administrator: Administrator; onClose: () => void }) {
  const text = useText()
  const { mutateAsync } = useSuspend(administrator.id)
  return <ReasonForm hint={text('admins.reasonHint')} label={text('admins.suspend')} done={text('admins.suspendDone')} send={mutateAsync} onClose={onClose} />
}
