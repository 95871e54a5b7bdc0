import { Dialog, unwrap, useIsAsked } from '@k/ui'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { api, proofGate } from '../../api/client'
import type { Me } from '../../api/types'
import { useText } from '../../text/text'
import { signInQueries } from '../signIn/signInQueries'
import { FactorChooser, type Proof } from './factorChooser'
import { methodsOf } from './methods'

/** Opens when a call was refused because the last proof is too old; once it is given, that call goes on by itself. */
export function ProveAgainDialog({ me }: { me: Me }) {
  const text = useText()
  const queryClient = useQueryClient()
  const isAsked = useIsAsked(proofGate)

  useEffect(() => () => proofGate.answer(false), [])

  async function prove(proof: Proof): Promise<void> {
    const body = proof.method === 'passkey' ? { assertion: proof.assertion } : { code: proof.code }
    await unwrap(api.POST('/api/admin/auth/reauthenticate', { body }))
    proofGate.answer(true)
    await queryClient.invalidateQueries({ queryKey: signInQueries.me().queryKey })
  }

  return (
    <Dialog isOpen={isAsked} onClose={() => proofGate.answer(false)} title={text('prove.title')} description={text('prove.lead')}>
      <FactorChooser
        methods={methodsOf(me)}
        requestOptions={() => unwrap(api.POST('/api/admin/auth/reauthenticate/options'))}
        prove={prove}
        submitLabel={text('prove.submit')}
      />
    </Dialog>
  )
}
