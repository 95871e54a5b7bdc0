import { Button, CopyButton } from '@k/ui'
import { useState } from 'react'
import { useText } from '../../text/text'
import { SignInFrame } from './signInPage'

interface RecoveryCodesProps {
  codes: readonly string[]
  onKept: () => void
}

export function RecoveryCodes(props: RecoveryCodesProps) {
  const text = useText()
  return (
    <SignInFrame title={text('recovery.title')} lead={text('recovery.lead')}>
      <KeepCodes {...props} />
    </SignInFrame>
  )
}

/** Shown this once; going on takes a deliberate tick. */
export function KeepCodes({ codes, onKept }: RecoveryCodesProps) {
  const text = useText()
  const [isKept, setIsKept] = useState(false)
  return (
    <>
      <ul data-testid="recoveryCodes" className="grid grid-cols-[repeat(auto-fit,minmax(11.5rem,1fr))] gap-x-4 gap-y-2 rounded-control bg-sunken p-5 font-mono text-[0.95rem] whitespace-nowrap">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <CopyButton value={codes.join('\n')} label={text('recovery.copy')} />
      <label className="flex items-center gap-3">
        <input type="checkbox" checked={isKept} onChange={(event) => setIsKept(event.target.checked)} className="size-5 accent-nila" />
        {text('recovery.kept')}
      </label>
      <Button disabled={!isKept} onClick={onKept}>
        {text('recovery.go')}
      </Button>
    </>
  )
}
