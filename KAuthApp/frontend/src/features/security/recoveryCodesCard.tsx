import { Badge, Button, Card, CardBody, CardHeader, ConfirmDialog } from '@k/ui'
import { useState } from 'react'
import type { Mfa } from '../../api/types'
import { useAccountText } from '../../text/accountText'
import { areCodesFew, hasSecondFactor } from '../account/protection'
import { useRenewRecoveryCodes } from './factorQueries'

interface RecoveryCodesCardProps {
  mfa: Mfa
  onCodes: (codes: readonly string[]) => void
}

export function RecoveryCodesCard({ mfa, onCodes }: RecoveryCodesCardProps) {
  const text = useAccountText()
  const renew = useRenewRecoveryCodes()
  const [isAsking, setIsAsking] = useState(false)
  const isOn = hasSecondFactor(mfa)
  return (
    <Card aria-labelledby="codes">
      <CardHeader
        id="codes"
        title={text('codes.title')}
        description={text('codes.description')}
        action={isOn && <Badge tone={areCodesFew(mfa) ? 'soga' : 'jade'}>{text('codes.left', { count: mfa.recoveryCodesLeft })}</Badge>}
      />
      <CardBody>
        {isOn ? (
          <Button variant="outline" onClick={() => setIsAsking(true)}>
            {text('codes.renew')}
          </Button>
        ) : (
          <p className="text-ink-soft">{text('codes.none')}</p>
        )}
      </CardBody>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={text('codes.renewTitle')}
        body={text('codes.renewBody')}
        label={text('codes.renew')}
        onConfirm={() => renew.mutateAsync().then(({ recoveryCodes }) => onCodes(recoveryCodes))}
      />
    </Card>
  )
}
