import { solveChallenge } from 'altcha-lib'
import { deriveKey as derivePbkdf2 } from 'altcha-lib/algorithms/web/pbkdf2'
import { deriveKey as deriveSha } from 'altcha-lib/algorithms/web/sha'
import type { Challenge } from 'altcha-lib/types'

// Runs beside the page: `postMessage({challenge, timeout})` in, the solution out, or null when time ran out.
globalThis.onmessage = async ({ data }: MessageEvent<{ challenge: Challenge; timeout: number }>) => {
  const deriveKey = data.challenge.parameters.algorithm.startsWith('PBKDF2') ? derivePbkdf2 : deriveSha
  globalThis.postMessage(await solveChallenge({ ...data, deriveKey }))
}
