import { hasCode, unwrap } from '@k/ui'
import type { ProofPurpose } from './types'

type Call<Data> = Parameters<typeof unwrap<Data>>[0]

/** Sends a call; when the server wants some work done first, does it in the background and sends the call once more. */
export async function withProof<Data>(purpose: ProofPurpose, send: (work: { proof?: string }) => Call<Data>): Promise<Data> {
  try {
    return await unwrap(send({}))
  } catch (error) {
    if (!hasCode(error, 'auth.proofRequired')) throw error
    const { solveProof } = await import('../features/proof/solveProof')
    return unwrap(send({ proof: await solveProof(purpose) }))
  }
}
