import { Button, Dialog } from '@k/ui'
import { useState } from 'react'
import type { User } from '../../api/types'
import { useText } from '../../text/text'
import { ReasonForm } from '../reasonForm'
import { useResetFactors } from './userQueries'

/** For a user who has lost every factor: asks why, since whoever is let in this way proves it by nothing else. */
export function ResetFactors({ user }: { user: User }) {
  const text = useText()
  const [isAsking, setIsAsking] = useState(false)
  return (
    <>
      <Button variant="dangerQuiet" size="sm" onClick={() => setIsAsking(true)}>
        {text('users.resetFactors')}
      </Button>
      <Dialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={text('users.resetFactorsTitle', { email: user.email })}
        description={text('users.resetFactorsBody')}
      >
        <ResetFactorsForm user={user} onClose={() => setIsAsking(false)} />
      </Dialog>
    </>
  )
}

function ResetFactorsForm({ user, onClose }: { user: User; onClose: () => void }) {
  const text = useText()
  const { mutateAsync } = useResetFactors(user.id)
  return <ReasonForm hint={text('users.reasonHint')} label={text('users.resetFactors')} done={text('users.resetFactorsDone')} send={mutateAsync} onClose={onClose} />
}
