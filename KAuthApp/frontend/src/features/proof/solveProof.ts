import { ProblemError, unwrap } from '@k/ui'
import type { Solution } from 'altcha-lib/types'
import { api } from '../../api/client'
import type { ProofOfWork, ProofPurpose } from '../../api/types'

const GIVE_UP_AFTER_MS = 90_000

/** Fetches a challenge for this call, solves it in a worker beside the page, and gives the payload that the server checks. */
export async function solveProof(purpose: ProofPurpose): Promise<string> {
  const challenge = await unwrap(api.GET('/api/auth/proof-of-work', { params: { query: { purpose } } }))
  const solution = await solveInWorker(challenge)
  return btoa(JSON.stringify({ challenge, solution }))
}

function solveInWorker(challenge: ProofOfWork): Promise<Solution> {
  const worker = new Worker(new URL('./proofWorker.ts', import.meta.url), { type: 'module' })
  return new Promise<Solution>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Solution | null>) => (data === null ? reject(unsolved()) : resolve(data))
    worker.onerror = () => reject(unsolved())
    worker.postMessage({ challenge, timeout: GIVE_UP_AFTER_MS })
  }).finally(() => worker.terminate())
}

function unsolved(): ProblemError {
  return new ProblemError({ title: 'The work could not be done', status: 0, code: 'auth.proofUnsolved' })
}
