export interface Money {
  value: string
  currency: string
}
export interface Administrator {
  id: string
  email: string
  roles: string[]
  permissions: string[]
}
export interface AdministratorSession {
  id: string
  createdAt: string
  idleExpiresAt: string
  expiresAt: string
}
export interface Profile {
  user: Administrator
  session: AdministratorSession
  recoveryCodesLeft: number
}
export interface SignIn {
  status: 'enrollmentRequired' | 'secondFactorRequired'
  challengeId: string
  methods: ('totp' | 'recoveryCode')[]
  expiresAt: string
}
export interface Authenticated {
  status: 'authenticated'
  user: Administrator
  session: AdministratorSession
  recoveryCodes?: string[] | null
}
export type UserStatus = 'pending' | 'active' | 'suspended'
export interface User {
  id: string
  email: string
  emailVerified: boolean
  fullName: string | null
  locale: string
  status: UserStatus
  roles: string[]
  createdAt: string
  lastLoginAt: string | null
  suspendedAt: string | null
  suspendedReason: string | null
}
export interface UserSession {
  id: string
  client: 'browser' | 'api'
  createdAt: string
  lastSeenAt: string
  expiresAt: string
  ip: string | null
  userAgent: string | null
  deviceLabel: string
  authMethods: string[]
}
export interface UserDetail extends User {
  sessions: UserSession[]
}
export type PaymentStatus = 'awaitingPayment' | 'partiallyFunded' | 'paid' | 'expired' | 'cancelled' | 'failed' | 'unknown'
export interface Payment {
  id: string
  ownerId: string
  reference: string
  status: PaymentStatus
  needsReview: boolean
  method: 'briva' | 'qris'
  amount: Money
  received: Money
  refunded: Money
  description: string | null
  createdAt: string
  expiresAt: string
  paidAt: string | null
}
export interface TimelineEntry {
  at: string
  kind: 'event' | 'bankCall' | 'receipt' | 'journal' | 'exception'
  title: string
  facts: Record<string, unknown>
}
export interface RateLimitRule {
  name: string
  method?: '*' | 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'
  path: string
  match: 'exact' | 'prefix'
  scope: 'ip' | 'user' | 'apiKey' | 'global'
  limit: number
  windowSeconds: number
  burst?: number | null
  mode?: 'enforce' | 'shadow'
  enabled?: boolean
}
export type RateLimitPolicy = Required<RateLimitRule> & { id: string; createdAt: string; updatedAt: string }
export interface Setting {
  key: string
  description: string
  value: unknown
  defaultValue: unknown
  valueSchema: Record<string, unknown>
  updatedAt: string | null
  updatedBy: string | null
}
export interface SettingChange {
  id: string
  oldValue: unknown
  newValue: unknown
  changedAt: string
  changedBy: string
}
export interface AuditEvent {
  id: string
  chain: string
  seq: number
  occurredAt: string
  actorKind: string
  actorId: string
  actingFor: string | null
  action: string
  targetKind: string
  targetId: string
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  requestId: string | null
  clientAddress: string | null
  hash: string
}
export interface AuditVerification {
  intact: boolean
  verifiedAt: string
  chains: { chain: string; events: number; firstBadSeq: number | null; headHash: string }[]
}
export interface Overview {
  at: string
  users: { byStatus: Record<string, number>; newToday: number; liveSessions: number }
  payments: { byStatus: Record<string, number>; openExceptions: number; receivedByDay: { day: string; receipts: number; received: Money }[] }
  outbox: { waiting: number; dead: number }
}
interface Params<Query = never, Path = never> {
  query?: Query
  header?: never
  path?: Path
  cookie?: never
}
interface PathParams<Path> {
  query?: never
  header?: never
  path: Path
  cookie?: never
}
interface Answer<A> {
  responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': A } } }
}
interface Plain<A, P = Params> extends Answer<A> {
  parameters: P
  requestBody?: never
}
interface Send<B, A, P = Params> extends Answer<A> {
  parameters: P
  requestBody: { content: { 'application/json': B } }
}
interface Page<T> {
  items: T[]
  nextCursor: string | null
}
interface Paging {
  limit?: number
  cursor?: string
}
export interface paths {
  '/api/admin/auth/login': { post: Send<{ email: string; password: string }, SignIn> }
  '/api/admin/auth/second-factor': { post: Send<{ challengeId: string; method: 'totp' | 'recoveryCode'; code: string }, Authenticated> }
  '/api/admin/auth/mfa/totp/enroll': { post: Send<{ challengeId: string }, { secret: string; otpauthUri: string; qrSvg: string }> }
  '/api/admin/auth/mfa/totp/confirm': { post: Send<{ challengeId: string; code: string }, Authenticated> }
  '/api/admin/auth/logout': { post: Plain<undefined> }
  '/api/admin/auth/me': { get: Plain<Profile> }
  '/api/admin/users': { get: Plain<Page<User>, Params<Paging & { query?: string; status?: UserStatus }>> }
  '/api/admin/users/{userId}': { get: Plain<UserDetail, PathParams<{ userId: string }>> }
  '/api/admin/users/{userId}/suspend': { post: Send<{ reason: string }, User, PathParams<{ userId: string }>> }
  '/api/admin/users/{userId}/reactivate': { post: Plain<User, PathParams<{ userId: string }>> }
  '/api/admin/users/{userId}/sessions/revoke': { post: Plain<undefined, PathParams<{ userId: string }>> }
  '/api/admin/payments': { get: Plain<Page<Payment>, Params<Paging & { status?: PaymentStatus; reference?: string }>> }
  '/api/admin/payments/{paymentId}/timeline': {
    get: Plain<{ payment: Payment; items: TimelineEntry[] }, PathParams<{ paymentId: string }>>
  }
  '/api/admin/rate-limit-policies': {
    get: Plain<{ items: RateLimitPolicy[] }>
    post: Send<RateLimitRule, RateLimitPolicy>
  }
  '/api/admin/rate-limit-policies/{policyId}': {
    put: Send<RateLimitRule, RateLimitPolicy, PathParams<{ policyId: string }>>
    delete: Plain<undefined, PathParams<{ policyId: string }>>
  }
  '/api/admin/settings': { get: Plain<{ items: Setting[] }> }
  '/api/admin/settings/{key}': { put: Send<{ value: unknown }, Setting, PathParams<{ key: string }>> }
  '/api/admin/settings/{key}/history': {
    get: Plain<Page<SettingChange>, { query?: Paging; header?: never; path: { key: string }; cookie?: never }>
  }
  '/api/admin/audit-events': {
    get: Plain<Page<AuditEvent>, Params<Paging & { actor?: string; action?: string; target?: string; from?: string; to?: string }>>
  }
  '/api/admin/audit-events/verify': { post: Plain<AuditVerification> }
  '/api/admin/stats/overview': { get: Plain<Overview> }
}
