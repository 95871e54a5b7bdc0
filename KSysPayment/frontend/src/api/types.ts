import type { components } from './schema.gen'

type Schemas = components['schemas']

export type Briva = Schemas['BrivaOutput']
export type Checkout = Schemas['CheckoutOutput']
export type Payment = Schemas['PaymentOutput']
export type PaymentStatus = Schemas['PaymentStatus']
