import { Dialog, unwrap, useIsAsked } from '@k/ui'
import { useEffect } from 'react'
import { api, proofGate } from '../../api/client'
import type { User } from '../../api/types'
import { useAccountText } from '../../text/accountText'
import { useRefreshAccount } from '../account/accountQueries'
import { FactorChooser, type Proof } from '../factors/factorChooser'
import { waysToProve } from './waysToProve'

/** Opens when a call was refused because the last proof is too old; once it is given, that call goes on by itself. */
export function ProveAgainDialog({ me }: { me: User }) {
  const text = useAccountText()
  const refresh = useRefreshAccount()
  const isAsked = useIsAsked(proofGate)

  useEffect(() => () => proofGate.answer(false), [])

  async function prove({ method, code, assertion }: Proof): Promise<void> {
    const typed = method === 'password' ? { password: code ?? null } : { code: code ?? null }
    await unwrap(api.POST('/api/auth/reauthenticate', { body: method === 'passkey' ? { assertion: assertion ?? null } : typed }))
    proofGate.answer(true)
    if (method === 'recoveryCode') await refresh()
  }

  return (
    <Dialog isOpen={isAsked} onClose={() => proofGate.answer(false)} title={text('prove.title')} description={text('prove.lead')}>
      <FactorChooser
        methods={waysToProve(me.mfa)}
        requestOptions={() => unwrap(api.POST('/api/auth/reauthenticate/options'))}
        prove={prove}
        submitLabel={text('prove.submit')}
      />
    </Dialog>
  )
}
