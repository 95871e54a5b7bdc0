export interface User {
  id: string
  email: string
  emailVerified: boolean
  fullName: string | null
  locale: string
  roles: string[]
  createdAt: string
}
export interface Session {
  id: string
  current: boolean
  createdAt: string
  lastSeenAt: string
  expiresAt: string
  ip: string | null
  userAgent: string | null
  deviceLabel: string | null
  authMethods: string[]
}
interface Params {
  query?: never
  header?: never
  path?: never
  cookie?: never
}
interface Call<Body, Answer, P = Params> {
  parameters: P
  requestBody: { content: { 'application/json': Body } }
  responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Answer } } }
}
interface Bare<Answer, P = Params> {
  parameters: P
  requestBody?: never
  responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Answer } } }
}
interface ById {
  query?: never
  header?: never
  cookie?: never
  path: { sessionId: string }
}
interface Status {
  status: string
}
export interface paths {
  '/api/auth/register': { post: Call<{ email: string; password: string; fullName?: string | null; locale?: string | null }, Status> }
  '/api/auth/verify-email': { post: Call<{ email: string; code: string }, Status> }
  '/api/auth/verify-email/resend': { post: Call<{ email: string }, Status> }
  '/api/auth/login': {
    post: Call<
      { email: string; password: string; client?: 'browser' | 'api' },
      | { status: 'authenticated'; user: User }
      | { status: 'secondFactorRequired'; challengeId: string; methods: string[]; expiresAt: string }
    >
  }
  '/api/auth/logout': { post: Bare<undefined> }
  '/api/auth/me': { get: Bare<User>; patch: Call<{ fullName?: string | null; locale?: string | null }, User> }
  '/api/auth/password/forgot': { post: Call<{ email: string }, Status> }
  '/api/auth/password/reset': { post: Call<{ email: string; code: string; newPassword: string }, undefined> }
  '/api/auth/password/change': { post: Call<{ currentPassword: string; newPassword: string }, undefined> }
  '/api/auth/sessions': { get: Bare<{ items: Session[] }>; delete: Bare<undefined> }
  '/api/auth/sessions/{sessionId}': { delete: Bare<undefined, ById> }
}
