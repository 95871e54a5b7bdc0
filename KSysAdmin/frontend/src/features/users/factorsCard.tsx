import { Button, Card, CardBody, CardHeader, ConfirmDialog, Fact, Facts, useToast } from '@k/ui'
import { useState } from 'react'
import type { UserDetail } from '../../api/types'
import { useText } from '../../text/text'
import { usePermission } from '../shell/usePermission'
import { ResetFactors } from './resetFactors'
import { useStartPasswordReset } from './userQueries'

/** How a user signs in. An administrator starts a reset and never chooses a password. */
export function FactorsCard({ user }: { user: UserDetail }) {
  const text = useText()
  const mayReset = usePermission('user.resetPassword')
  const mayResetFactors = usePermission('user.resetFactors')
  const { mfa } = user
  const hasFactors = mfa.totp || mfa.passkeys > 0 || mfa.recoveryCodesLeft > 0
  return (
    <Card aria-labelledby="factors">
      <CardHeader
        id="factors"
        title={text('users.factors')}
        action={
          <div className="flex flex-wrap gap-2 empty:hidden">
            {mayReset && <ResetPassword user={user} />}
            {mayResetFactors && hasFactors && <ResetFactors user={user} />}
          </div>
        }
      />
      <CardBody>
        <Facts>
          <Fact label={text('method.totp')}>{text(mfa.totp ? 'users.yes' : 'users.no')}</Fact>
          <Fact label={text('passkeys.title')}>{mfa.passkeys}</Fact>
          <Fact label={text('recovery.cardTitle')}>{text('recovery.left', { count: mfa.recoveryCodesLeft })}</Fact>
        </Facts>
      </CardBody>
    </Card>
  )
}

function ResetPassword({ user }: { user: UserDetail }) {
  const text = useText()
  const toast = useToast()
  const start = useStartPasswordReset(user.id)
  const [isAsking, setIsAsking] = useState(false)
  return (
    <>
      <Button variant="outline" size="sm" onClick={() => setIsAsking(true)}>
        {text('users.resetPassword')}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={text('users.resetPassword')}
        body={text('users.resetPasswordBody', { email: user.email })}
        label={text('users.resetPasswordSend')}
        isHarmless
        onConfirm={() => start.mutateAsync().then(() => toast(text('users.resetPasswordDone')))}
      />
    </>
  )
}
