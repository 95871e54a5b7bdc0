import { Button, unwrap } from '@k/ui'
import { api } from '../../api/client'
import type { SignIn } from '../../api/types'
import { useText } from '../../text/text'
import { FactorChooser } from '../factors/factorChooser'
import { SignInFrame } from './signInPage'
import { useSecondFactor } from './signInQueries'

export function SecondFactor({ signIn, onSignedIn, onRestart }: { signIn: SignIn; onSignedIn: () => Promise<void>; onRestart: () => void }) {
  const text = useText()
  const secondFactor = useSecondFactor()
  const { challengeId } = signIn
  return (
    <SignInFrame title={text('factor.title')}>
      <FactorChooser
        methods={signIn.methods}
        requestOptions={() => unwrap(api.POST('/api/admin/auth/passkeys/authentication/options', { body: { challengeId } }))}
        prove={(proof) => secondFactor.mutateAsync({ challengeId, ...proof }).then(onSignedIn)}
        submitLabel={text('factor.submit')}
      />
      <Button variant="plain" size="sm" className="self-start" onClick={onRestart}>
        {text('factor.again')}
      </Button>
    </SignInFrame>
  )
}
