import type { components } from './schema.gen'

type Schemas = components['schemas']

export type AuditEvent = Schemas['AuditEventOutput']
export type AuditVerification = Schemas['AuditVerificationOutput']
export type Overview = Schemas['OverviewOutput']
export type Payment = Schemas['PaymentOutput']
export type PaymentStatus = Schemas['PaymentStatus']
export type Permission = Schemas['Permission']
export type RateLimitPolicy = Schemas['RateLimitPolicyOutput']
export type RateLimitRule = Schemas['RateLimitRule']
export type Setting = Schemas['SettingOutput']
export type SignIn = Schemas['SignInOutput']
export type TimelineEntry = Schemas['TimelineEntryOutput']
export type User = Schemas['UserOutput']
export type UserDetail = Schemas['UserDetailOutput']
export type UserStatus = Schemas['UserStatus']
