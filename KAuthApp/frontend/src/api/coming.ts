import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/browser'
import type { Challenge } from 'altcha-lib/types'
import type { components } from './schema.gen'

// Calls of the contract that the server's OpenAPI document does not name yet. Each line goes away when it does.

interface Asking<Body> {
  requestBody: { content: { 'application/json': Body } }
}
interface Answering<Data, Status extends number = 200> {
  responses: Record<Status, { content: { 'application/json': Data } }>
}
interface Nothing {
  responses: { 204: { content?: never } }
}
interface ById<Name extends string> {
  parameters: { path: Record<Name, string> }
}

export type FactorMethod = 'totp' | 'passkey' | 'recoveryCode' | 'emailCode'

export interface FactorProof {
  method: FactorMethod
  code?: string
  assertion?: AuthenticationResponseJSON
}

export interface PasskeyInfo {
  id: string
  name: string
  createdAt: string
  lastUsedAt: string | null
  transports: string[]
  backedUp: boolean
  deviceBound: boolean
}

export interface ApiKey {
  id: string
  name: string
  prefix: string
  scopes: string[]
  createdAt: string
  expiresAt: string | null
  lastUsedAt: string | null
}

/** Nothing here uses extensions, whose types do not survive being JSON. */
export type RequestOptions = Omit<PublicKeyCredentialRequestOptionsJSON, 'extensions'>
export type CreationOptions = Omit<PublicKeyCredentialCreationOptionsJSON, 'extensions'>

type SignedIn = components['schemas']['LoginOutput']

export interface ComingPaths {
  '/api/auth/proof-of-work': { get: Answering<Challenge> }
  '/api/auth/password-policy': { get: Answering<{ minLength: number; maxLength: number }> }
  '/api/auth/login/second-factor': { post: Asking<FactorProof & { challengeId: string }> & Answering<SignedIn> }
  '/api/auth/passkeys/authentication/options': {
    post: Asking<{ challengeId?: string; email?: string }> & Answering<RequestOptions>
  }
  '/api/auth/passkeys/authentication/verify': { post: Asking<AuthenticationResponseJSON & { client?: 'browser' }> & Answering<SignedIn> }
  '/api/auth/passkeys/registration/options': { post: Answering<CreationOptions> }
  '/api/auth/passkeys/registration/verify': {
    post: Asking<RegistrationResponseJSON & { name?: string }> & Answering<PasskeyInfo & { recoveryCodes?: string[] | null }, 201>
  }
  '/api/auth/passkeys': { get: Answering<{ items: PasskeyInfo[] }> }
  '/api/auth/passkeys/{passkeyId}': {
    patch: ById<'passkeyId'> & Asking<{ name: string }> & Answering<PasskeyInfo>
    delete: ById<'passkeyId'> & Nothing
  }
  '/api/auth/mfa/totp/enroll': { post: Answering<{ secret: string; otpauthUri: string; qrSvg: string }> }
  '/api/auth/mfa/totp/confirm': { post: Asking<{ code: string }> & Answering<{ recoveryCodes: string[] | null }> }
  '/api/auth/mfa/totp': { delete: Nothing }
  '/api/auth/mfa/recovery-codes': { post: Answering<{ recoveryCodes: string[] }> }
  '/api/auth/reauthenticate': {
    post: Asking<{ password?: string | undefined; code?: string | undefined; assertion?: AuthenticationResponseJSON | undefined }> &
      Answering<{ authenticatedAt: string; freshUntil: string; csrfToken?: string | null }>
  }
  '/api/auth/reauthenticate/options': { post: Answering<RequestOptions> }
  '/api/auth/email/change': { post: Asking<{ newEmail: string }> & Answering<unknown, 202>; delete: Nothing }
  '/api/auth/email/change/confirm': { post: Asking<{ oldCode: string; newCode: string }> & Answering<{ status: 'changed' }> }
  '/api/auth/email/change/revert': { post: Asking<{ token: string }> & Nothing }
  '/api/auth/api-keys': {
    get: { parameters: { query?: { limit?: number; cursor?: string } } } & Answering<{ items: ApiKey[]; nextCursor: string | null }>
    post: Asking<{ name: string; scopes: string[]; expiresAt?: string | null }> & Answering<ApiKey & { secret: string }, 201>
  }
  '/api/auth/api-keys/{apiKeyId}': { delete: ById<'apiKeyId'> & Nothing }
  '/api/auth/account/export': { post: Answering<Record<string, unknown>> }
  '/api/auth/account': { delete: Nothing }
}
