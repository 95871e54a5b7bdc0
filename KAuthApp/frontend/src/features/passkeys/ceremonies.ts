import * as ceremonies from '@k/ui/passkeys'
import type { Assertion, Attestation, CreationOptions, RequestOptions } from '../../api/types'

export { canAutofill, endAutofill } from '@k/ui/passkeys'

export const signWithPasskey = (options: RequestOptions) => ceremonies.signWithPasskey(options) as Promise<Assertion>
export const createPasskey = (options: CreationOptions) => ceremonies.createPasskey(options) as Promise<Attestation>
export const awaitAutofill = (options: RequestOptions) => ceremonies.awaitAutofill(options) as Promise<Assertion | null>
