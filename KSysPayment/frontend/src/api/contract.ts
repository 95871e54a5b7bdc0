export interface Money {
  value: string
  currency: string
}
export type PaymentStatus = 'awaitingPayment' | 'partiallyFunded' | 'paid' | 'expired' | 'cancelled' | 'failed' | 'unknown'
export interface Briva {
  virtualAccountNo: string
  partnerServiceId: string
  customerNo: string
  accountName: string
}
export interface Payment {
  id: string
  reference: string
  status: PaymentStatus
  amount: Money
  received: Money
  refunded: Money
  method: 'briva' | 'qris'
  description: string | null
  metadata: Record<string, string>
  createdAt: string
  expiresAt: string
  paidAt?: string | null
  briva?: Briva | null
  checkoutUrl: string
}
export interface Checkout {
  reference: string
  status: PaymentStatus
  amount: Money
  received: Money
  description: string | null
  expiresAt: string
  paidAt: string | null
  method: 'briva' | 'qris'
  briva: Briva | null
}
export interface Me {
  id: string
  email: string
  fullName: string | null
  locale: string
}
interface NoP {
  query?: never
  header?: never
  path?: never
  cookie?: never
}
interface Answer<A, S extends number = 200> {
  responses: Record<S, { headers: Record<string, unknown>; content: { 'application/json': A } }>
}
interface Get<A, Params = NoP> extends Answer<A> {
  parameters: Params
  requestBody?: never
}
export interface paths {
  '/api/auth/me': { get: Get<Me> }
  '/api/auth/logout': { post: Get<undefined> }
  '/api/payment/payments': {
    get: Get<
      { items: Payment[]; nextCursor: string | null },
      { query?: { status?: PaymentStatus; limit?: number; cursor?: string }; header?: never; path?: never; cookie?: never }
    >
    post: {
      parameters: { query?: never; header: { 'Idempotency-Key': string }; path?: never; cookie?: never }
      requestBody: {
        content: {
          'application/json': {
            reference: string
            amount: Money
            method: 'briva' | 'qris'
            description?: string | null
            expiresInSeconds?: number | null
          }
        }
      }
      responses: { 201: { headers: Record<string, unknown>; content: { 'application/json': Payment } } }
    }
  }
  '/api/payment/payments/{paymentId}': {
    get: Get<Payment, { query?: never; header?: never; path: { paymentId: string }; cookie?: never }>
  }
  '/api/payment/payments/{paymentId}/cancel': {
    post: Get<Payment, { query?: never; header?: never; path: { paymentId: string }; cookie?: never }>
  }
  '/api/payment/checkouts/{token}': {
    get: Get<Checkout, { query?: never; header?: never; path: { token: string }; cookie?: never }>
  }
}
