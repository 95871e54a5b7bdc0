import { Button, hasCode, useCountdown } from '@k/ui'
import { useEffect, useEffectEvent } from 'react'
import type { FactorProof, SecondFactorRequired, SignedIn } from '../../api/types'
import { useText } from '../../text/text'
import { AuthFrame } from '../authFrame'
import { FactorChooser } from '../factors/factorChooser'
import { NOTICES, type Notice } from './notices'
import { passkeyOptions, signInWithFactor } from './signInCalls'

interface FactorStepProps {
  challenge: SecondFactorRequired
  /** Signed in, or asked for one more step: after a mailed code comes the factor that the account has. */
  onAnswer: (answer: SignedIn | SecondFactorRequired) => Promise<void>
  /** Back to address and password, with what to say there. */
  onBack: (notice: Notice | null) => void
}

const EXPIRED = NOTICES.challengeExpired ?? null

/** The second step. Its challenge counts for a few minutes only; then the page goes back by itself and says why. */
export function FactorStep({ challenge, onAnswer, onBack }: FactorStepProps) {
  const text = useText()
  const { challengeId } = challenge
  const isOver = useCountdown(challenge.expiresAt) === 0
  const goBack = useEffectEvent(() => onBack(EXPIRED))

  useEffect(() => {
    if (isOver) goBack()
  }, [isOver])

  async function prove(proof: FactorProof): Promise<void> {
    try {
      await onAnswer(await signInWithFactor(challengeId, proof))
    } catch (error) {
      if (!hasCode(error, 'auth.challengeInvalid', 'auth.challengeExpired')) throw error
      onBack(EXPIRED)
    }
  }

  return (
    <AuthFrame title={text('factor.title')} step={challengeId}>
      <FactorChooser
        key={challengeId}
        methods={challenge.methods}
        requestOptions={() => passkeyOptions({ challengeId })}
        prove={(proof) => prove(proof as FactorProof)}
        submitLabel={text('factor.submit')}
      />
      <Button variant="plain" size="sm" className="-mt-2 -ml-3.5 self-start" onClick={() => onBack(null)}>
        {text('factor.back')}
      </Button>
    </AuthFrame>
  )
}
