import { Alert, Button, serverClock, useCountdown, useProblemText } from '@k/ui'
import { useState } from 'react'
import { useText } from '../../text/text'
import { resendCode } from './registrationCalls'

const PAUSE_MS = 60_000

type Sending = { state: 'idle' } | { state: 'busy' } | { state: 'sent' } | { state: 'refused'; error: unknown }

/** Another code, not more often than once a minute. */
export function ResendCode({ email }: { email: string }) {
  const text = useText()
  const problemText = useProblemText()
  const [sending, setSending] = useState<Sending>({ state: 'idle' })
  const [nextAt, setNextAt] = useState(() => new Date(0).toISOString())
  const seconds = useCountdown(nextAt)

  function onSent(): void {
    setSending({ state: 'sent' })
    setNextAt(new Date(serverClock.now() + PAUSE_MS).toISOString())
  }

  function send(): void {
    setSending({ state: 'busy' })
    void resendCode(email).then(onSent, (error: unknown) => setSending({ state: 'refused', error }))
  }

  return (
    <div className="flex flex-col items-start gap-2 text-[0.95rem]">
      <p className="text-ink-soft">{text('verify.nothingArrived')}</p>
      <Button variant="outline" size="sm" disabled={seconds > 0 || !email.includes('@')} isBusy={sending.state === 'busy'} onClick={send}>
        {seconds > 0 ? text('verify.resendIn', { seconds }) : text('verify.resend')}
      </Button>
      {sending.state === 'sent' && <Alert tone="jade">{text('verify.resent')}</Alert>}
      {sending.state === 'refused' && <Alert tone="brick">{problemText(sending.error)}</Alert>}
    </div>
  )
}
