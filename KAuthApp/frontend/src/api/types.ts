import type { components } from './schema.gen'

type Schemas = components['schemas']

export type Session = Schemas['SessionOutput']
export type User = Schemas['ProfileOutput']
export type SignedIn = Schemas['LoginOutput']

/** The password was right and a second factor is asked for: part of the contract, not yet answered by the server. */
export interface SecondFactorRequired {
  status: 'secondFactorRequired'
  challengeId: string
  methods: string[]
  expiresAt: string
}
