import type { FactorMethod } from './coming'
import type { components } from './schema.gen'

type Schemas = components['schemas']

export type Session = Schemas['SessionOutput']
export type User = Schemas['ProfileOutput']
export type Mfa = Required<NonNullable<User['mfa']>>
export type SignedIn = Schemas['LoginOutput']
export type { ApiKey, FactorMethod, FactorProof, PasskeyInfo } from './coming'

/** The password was right and a second step is asked for. */
export interface SecondFactorRequired {
  status: 'secondFactorRequired'
  challengeId: string
  methods: FactorMethod[]
  expiresAt: string
}
