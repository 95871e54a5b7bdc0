import { Dialog } from '@k/ui'
import { useText } from '../../text/text'
import { KeepCodes } from '../signIn/recoveryCodes'

/** Closes only by saying that they are kept. */
export function RecoveryCodesDialog({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const text = useText()
  return (
    <Dialog isOpen isFirm onClose={onKept} title={text('recovery.title')} description={text('recovery.lead')}>
      <KeepCodes codes={codes} onKept={onKept} />
    </Dialog>
  )
}
