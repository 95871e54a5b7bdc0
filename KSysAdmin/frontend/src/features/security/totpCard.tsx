import { Badge, Button, Card, CardBody, CardHeader, CodeField, ConfirmDialog, CopyButton, Dialog, DialogActions, Form, FormProblem, QrCode, SubmitButton, useForm, useProblemText, useToast } from '@k/ui'
import { useState } from 'react'
import { useText } from '../../text/text'
import { useProposeTotp, useRemoveTotp, useSetUpTotp } from './securityQueries'

export function TotpCard({ isOn, mayRemove }: { isOn: boolean; mayRemove: boolean }) {
  const text = useText()
  return (
    <Card aria-labelledby="totp">
      <CardHeader
        id="totp"
        title={text('totp.title')}
        description={text('totp.lead')}
        action={<Badge tone={isOn ? 'jade' : 'neutral'}>{text(isOn ? 'security.on' : 'security.off')}</Badge>}
      />
      <CardBody className="flex flex-wrap gap-3">
        <SetUp label={text(isOn ? 'totp.replace' : 'totp.setUp')} />
        {isOn && mayRemove && <Remove />}
      </CardBody>
    </Card>
  )
}

function SetUp({ label }: { label: string }) {
  const text = useText()
  const toast = useToast()
  const problemText = useProblemText()
  const propose = useProposeTotp()

  function onDone(): void {
    propose.reset()
    toast(text('totp.done'))
  }

  return (
    <>
      <Button
        variant="outline"
        isBusy={propose.isPending}
        onClick={() => propose.mutate(undefined, { onError: (error) => toast(problemText(error), 'brick') })}
      >
        {label}
      </Button>
      <Dialog isOpen={propose.isSuccess} onClose={() => propose.reset()} title={text('totp.setUpTitle')} description={text('totp.setUpLead')}>
        {propose.data !== undefined && <SetUpForm proposed={propose.data} onCancel={() => propose.reset()} onDone={onDone} />}
      </Dialog>
    </>
  )
}

interface SetUpFormProps {
  proposed: { secret: string; qrSvg: string }
  onCancel: () => void
  onDone: () => void
}

function SetUpForm({ proposed, onCancel, onDone }: SetUpFormProps) {
  const text = useText()
  const setUp = useSetUpTotp()
  const form = useForm({
    initial: { code: '' },
    validate: ({ code }) => (/^\d{6}$/.test(code) ? {} : { code: text('check.code') }),
    submit: ({ code }) => setUp.mutateAsync(code).then(onDone),
  })
  return (
    <Form form={form}>
      <div className="flex flex-col items-center gap-4 rounded-control bg-sunken p-5">
        <QrCode svg={proposed.qrSvg} label={text('enroll.qr')} />
        <div className="flex w-full flex-col items-center gap-2 text-center">
          <span className="text-sm text-ink-soft">{text('enroll.byHand')}</span>
          <code data-testid="totpSecret" className="text-[0.95rem] wrap-anywhere">
            {proposed.secret}
          </code>
          <CopyButton value={proposed.secret} />
        </div>
      </div>
      <CodeField form={form} name="code" label={text('field.code')} />
      <FormProblem form={form} />
      <DialogActions>
        <Button variant="outline" onClick={onCancel}>
          {text('kit.cancel')}
        </Button>
        <SubmitButton form={form}>{text('totp.confirm')}</SubmitButton>
      </DialogActions>
    </Form>
  )
}

function Remove() {
  const text = useText()
  const toast = useToast()
  const remove = useRemoveTotp()
  const [isAsking, setIsAsking] = useState(false)
  return (
    <>
      <Button variant="dangerQuiet" onClick={() => setIsAsking(true)}>
        {text('totp.remove')}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={text('totp.removeTitle')}
        body={text('totp.removeBody')}
        label={text('totp.remove')}
        onConfirm={() => remove.mutateAsync().then(() => toast(text('totp.removed')))}
      />
    </>
  )
}
