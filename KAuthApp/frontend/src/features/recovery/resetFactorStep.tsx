import { Button } from '@k/ui'
import type { FactorProof } from '../../api/types'
import { useText } from '../../text/text'
import { AuthFrame } from '../authFrame'
import { FactorChooser } from '../factors/factorChooser'
import { passkeyOptions } from '../signIn/signInCalls'

interface ResetFactorStepProps {
  email: string
  prove: (proof: FactorProof) => Promise<void>
  onBack: () => void
}

// which of them the account has is not told to somebody who only has the mail
const METHODS = ['totp', 'passkey', 'recoveryCode']

export function ResetFactorStep({ email, prove, onBack }: ResetFactorStepProps) {
  const text = useText()
  return (
    <AuthFrame title={text('factor.title')} lead={text('reset.factorLead')} step="factor">
      <FactorChooser
        methods={METHODS}
        requestOptions={() => passkeyOptions({ email })}
        prove={(proof) => prove(proof as FactorProof)}
        submitLabel={text('reset.submit')}
      />
      <Button variant="plain" size="sm" className="-mt-2 -ml-3.5 self-start" onClick={onBack}>
        {text('back.step')}
      </Button>
    </AuthFrame>
  )
}
