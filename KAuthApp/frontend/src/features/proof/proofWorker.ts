import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2'
import type { Challenge } from 'altcha-lib/types'

// Runs beside the page: `postMessage({challenge, timeout})` in, the solution out, or null when there is none.
globalThis.onmessage = ({ data }: MessageEvent<{ challenge: Challenge; timeout: number }>) => {
  void solveChallenge({ ...data, deriveKey })
    .catch(() => null)
    .then((solution) => globalThis.postMessage(solution))
}
