import { Badge, Button, Card, CardBody, CardHeader, ConfirmDialog, Dialog, useProblemText, useToast } from '@k/ui'
import { useState } from 'react'
import { useAccountText } from '../../text/accountText'
import { EnrollTotp } from './enrollTotp'
import { useEnrollTotp, useRemoveTotp } from './factorQueries'

interface TotpCardProps {
  isOn: boolean
  /** There are recovery codes already: a new app brings others in their place. */
  hasCodes: boolean
  onCodes: (codes: readonly string[] | null | undefined) => void
}

export function TotpCard({ isOn, hasCodes, onCodes }: TotpCardProps) {
  const text = useAccountText()
  return (
    <Card aria-labelledby="totp">
      <CardHeader
        id="totp"
        title={text('totp.title')}
        description={text('totp.description')}
        action={<Badge tone={isOn ? 'jade' : 'neutral'}>{text(isOn ? 'account.on' : 'account.off')}</Badge>}
      />
      <CardBody>{isOn ? <TurnOff /> : <SetUp hasCodes={hasCodes} onCodes={onCodes} />}</CardBody>
    </Card>
  )
}

function SetUp({ hasCodes, onCodes }: Pick<TotpCardProps, 'hasCodes' | 'onCodes'>) {
  const text = useAccountText()
  const toast = useToast()
  const problemText = useProblemText()
  const enroll = useEnrollTotp()

  function onDone(codes: readonly string[] | null | undefined): void {
    enroll.reset()
    toast(text('totp.onDone'))
    onCodes(codes)
  }

  return (
    <>
      <Button
        variant="outline"
        isBusy={enroll.isPending}
        onClick={() => enroll.mutate(undefined, { onError: (error) => toast(problemText(error), 'brick') })}
      >
        {text('totp.setUp')}
      </Button>
      <Dialog isOpen={enroll.isSuccess} onClose={() => enroll.reset()} title={text('totp.enrolTitle')} description={text(hasCodes ? 'totp.enrolLeadCodes' : 'totp.enrolLead')}>
        {enroll.data !== undefined && <EnrollTotp enrollment={enroll.data} onCancel={() => enroll.reset()} onDone={onDone} />}
      </Dialog>
    </>
  )
}

function TurnOff() {
  const text = useAccountText()
  const toast = useToast()
  const remove = useRemoveTotp()
  const [isAsking, setIsAsking] = useState(false)
  return (
    <>
      <Button variant="outline" onClick={() => setIsAsking(true)}>
        {text('totp.turnOff')}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={text('totp.offTitle')}
        body={text('totp.offBody')}
        label={text('totp.turnOff')}
        onConfirm={() => remove.mutateAsync().then(() => toast(text('totp.offDone')))}
      />
    </>
  )
}
