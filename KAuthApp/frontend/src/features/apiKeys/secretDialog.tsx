import { Button, CopyButton, Dialog, DialogActions } from '@k/ui'
import { useState } from 'react'
import { useAccountText } from '../../text/accountText'

/** A secret that is shown this once: closes only by saying that it is copied. */
export function SecretDialog({ secret, onKept }: { secret: string; onKept: () => void }) {
  const text = useAccountText()
  const [isKept, setIsKept] = useState(false)
  return (
    <Dialog isOpen isFirm onClose={onKept} title={text('keys.shownTitle')} description={text('keys.shownLead')}>
      <code aria-label={text('keys.secret')} data-testid="apiKeySecret" className="rounded-control bg-sunken p-4 font-mono text-[0.95rem] break-all select-all">
        {secret}
      </code>
      <CopyButton value={secret} label={text('keys.copy')} className="self-start" />
      <label className="flex items-center gap-3">
        <input type="checkbox" checked={isKept} onChange={(event) => setIsKept(event.target.checked)} className="size-5 accent-nila" />
        {text('keys.kept')}
      </label>
      <DialogActions>
        <Button disabled={!isKept} onClick={onKept}>
          {text('account.goOn')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
