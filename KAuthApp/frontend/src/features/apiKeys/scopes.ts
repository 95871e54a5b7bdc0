/** What a key may be allowed, as the server names it. */
export const SCOPES = ['profile.read', 'payment.read', 'payment.write'] as const
export type Scope = (typeof SCOPES)[number]

export const EXPIRIES = ['30', '90', '365', 'never'] as const
export type Expiry = (typeof EXPIRIES)[number]

const DAY_MS = 86_400_000

/** When a key ends that is made at `nowMs`; null is never. */
export function expiresAt(expiry: Expiry, nowMs: number): string | null {
  return expiry === 'never' ? null : new Date(nowMs + Number(expiry) * DAY_MS).toISOString()
}
