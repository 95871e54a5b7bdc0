export type { Briva, Checkout, Payment, PaymentStatus } from './contract'
