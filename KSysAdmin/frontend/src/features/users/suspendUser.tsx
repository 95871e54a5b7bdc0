import { Button, Dialog } from '@k/ui'
import { useState } from 'react'
import type { User } from '../../api/types'
import { useText } from '../../text/text'
import { ReasonForm } from '../reasonForm'
import { useSuspendUser } from './userQueries'

export function SuspendUser({ user }: { user: User }) {
  const text = useText()
  const [isAsking, setIsAsking] = useState(false)
  return (
    <>
      <Button variant="dangerQuiet" onClick={() => setIsAsking(true)}>
        {text('users.suspend')}
      </Button>
      <Dialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={text('users.suspendTitle', { email: user.email })}
        description={text('users.suspendBody')}
      >
        <SuspendForm user={user} onClose={() => setIsAsking(false)} />
      </Dialog>
    </>
  )
}

function SuspendForm({ user, onClose }: { user: User; onClose: () => void }) {
  const text = useText()
  const { mutateAsync } = useSuspendUser(user.id)
  return <ReasonForm hint={text('users.reasonHint')} label={text('users.suspend')} done={text('users.suspended')} send={mutateAsync} onClose={onClose} />
}
