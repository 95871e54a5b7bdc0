import { Button, CopyButton, Dialog, DialogActions, formatDate, useI18n } from '@k/ui'
import { Download, Printer } from 'lucide-react'
import { useState } from 'react'
import { useAccountText } from '../../text/accountText'
import { saveFile } from '../saveFile'

interface RecoveryCodesDialogProps {
  codes: readonly string[]
  email: string
  onKept: () => void
}

/** Shown this once, so it closes only by saying that they are kept. On paper only the codes are printed. */
export function RecoveryCodesDialog({ codes, email, onKept }: RecoveryCodesDialogProps) {
  const text = useAccountText()
  const { locale } = useI18n()
  const [isKept, setIsKept] = useState(false)
  const title = text('codes.fileTitle', { email, date: formatDate(new Date().toISOString(), locale) })
  const asText = [title, '', ...codes, ''].join('\n')
  return (
    <Dialog isOpen isFirm onClose={onKept} title={text('codes.shownTitle')} description={text('codes.shownLead')}>
      <div data-print className="rounded-control bg-sunken p-5">
        <p className="hidden pb-4 print:block">{title}</p>
        <ul aria-label={text('codes.list')} data-testid="recoveryCodes" className="grid gap-x-6 gap-y-2 font-mono text-[0.95rem] sm:grid-cols-2">
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
      </div>
      <div className="flex flex-wrap gap-2">
        <CopyButton value={codes.join('\n')} label={text('codes.copy')} />
        <Button variant="outline" size="sm" onClick={() => saveFile('k-recovery-codes.txt', 'text/plain', asText)}>
          <Download aria-hidden="true" className="size-4" />
          {text('codes.download')}
        </Button>
        <Button variant="outline" size="sm" onClick={() => globalThis.print()}>
          <Printer aria-hidden="true" className="size-4" />
          {text('codes.print')}
        </Button>
      </div>
      <label className="flex items-center gap-3">
        <input type="checkbox" checked={isKept} onChange={(event) => setIsKept(event.target.checked)} className="size-5 accent-nila" />
        {text('codes.kept')}
      </label>
      <DialogActions>
        <Button disabled={!isKept} onClick={onKept}>
          {text('account.goOn')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
