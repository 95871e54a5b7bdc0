import { Badge, Button, Card, CardBody, CardHeader, ConfirmDialog } from '@k/ui'
import { useState } from 'react'
import { useText } from '../../text/text'
import { useRenewRecoveryCodes } from './securityQueries'

const FEW = 3

export function RecoveryCodesCard({ left, onCodes }: { left: number; onCodes: (codes: readonly string[]) => void }) {
  const text = useText()
  const renew = useRenewRecoveryCodes()
  const [isAsking, setIsAsking] = useState(false)
  return (
    <Card aria-labelledby="recoveryCodes">
      <CardHeader
        id="recoveryCodes"
        title={text('recovery.cardTitle')}
        description={text('recovery.cardLead')}
        action={<Badge tone={left > FEW ? 'jade' : 'soga'}>{text('recovery.left', { count: left })}</Badge>}
      />
      <CardBody>
        <Button variant="outline" onClick={() => setIsAsking(true)}>
          {text('recovery.renew')}
        </Button>
      </CardBody>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={text('recovery.renewTitle')}
        body={text('recovery.renewBody')}
        label={text('recovery.renew')}
        onConfirm={() => renew.mutateAsync().then(({ recoveryCodes }) => onCodes(recoveryCodes))}
      />
    </Card>
  )
}
