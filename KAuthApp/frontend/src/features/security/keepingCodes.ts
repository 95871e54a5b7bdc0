import { hasCode } from '@k/ui'

interface WithCodes {
  recoveryCodes?: string[] | null
}

/**
 * What a change of factors showed. Its codes are shown this once, so a refusal after the change brings them too: the end
 * of the other sessions is still on its way then, and nothing else is.
 */
export async function keepingCodes<Answer extends WithCodes>(call: Promise<Answer>): Promise<Pick<Answer, 'recoveryCodes'>> {
  try {
    return await call
  } catch (error) {
    const recoveryCodes = codesIn(error)
    if (recoveryCodes === undefined) throw error
    return { recoveryCodes }
  }
}

function codesIn(error: unknown): string[] | undefined {
  if (!hasCode(error, 'auth.revocationPending')) return undefined
  const { recoveryCodes } = error.problem as WithCodes
  return Array.isArray(recoveryCodes) && recoveryCodes.length > 0 ? recoveryCodes : undefined
}
