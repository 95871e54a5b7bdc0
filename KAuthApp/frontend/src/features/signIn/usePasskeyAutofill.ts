import { useEffect, useEffectEvent, useState } from 'react'
import type { Assertion } from '../../api/types'
import { loadCeremonies } from '../passkeys/passkeySupport'
import { passkeyOptions } from './signInCalls'

// the server's challenge counts for five minutes; a page left open asks for a new one before
const RENEW_AFTER_MS = 240_000

/** While `isOffered`, the address field offers passkeys; calls back with the signature of the one that was picked. */
export function usePasskeyAutofill(isOffered: boolean, onSigned: (assertion: Assertion) => void): void {
  const [round, setRound] = useState(0)
  const callBack = useEffectEvent(onSigned)

  useEffect(() => {
    if (!isOffered) return
    let isOver = false
    const stopTimer = whenSeenAfter(RENEW_AFTER_MS, () => setRound((count) => count + 1))
    // an offer is a convenience: where it cannot be made the form is still there
    void offer(() => isOver)
      .then((assertion) => assertion !== null && !isOver && callBack(assertion))
      .catch(() => undefined)
    return () => {
      isOver = true
      stopTimer()
      void loadCeremonies().then(({ endAutofill }) => endAutofill())
    }
  }, [isOffered, round])
}

async function offer(isOver: () => boolean): Promise<Assertion | null> {
  const { canAutofill, awaitAutofill } = await loadCeremonies()
  if (isOver() || !(await canAutofill())) return null
  const options = await passkeyOptions()
  return isOver() ? null : awaitAutofill(options)
}

/** Calls back after the time, but not before the page is looked at. Returns how to stop it. */
function whenSeenAfter(milliseconds: number, callBack: () => void): () => void {
  const onTime = () => (document.hidden ? document.addEventListener('visibilitychange', callBack, { once: true }) : callBack())
  const timer = setTimeout(onTime, milliseconds)
  return () => {
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', callBack)
  }
}
