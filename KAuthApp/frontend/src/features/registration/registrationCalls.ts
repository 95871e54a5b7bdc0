import { unwrap, type Locale } from '@k/ui'
import { api } from '../../api/client'
import { withProof } from '../../api/withProof'

interface Registration {
  email: string
  password: string
  fullName: string | null
  locale: Locale
}

// in memory only: the code alone must not be enough for an address that somebody else registered too
let justChosen: Pick<Registration, 'email' | 'password'> | null = null

export async function register(body: Registration): Promise<void> {
  await withProof('register', (work) => api.POST('/api/auth/register', { body: { ...body, ...work } }))
  justChosen = { email: body.email, password: body.password }
}

/** The password of a registration made on this page since it was loaded. */
export function passwordJustChosen(email: string): string | null {
  return justChosen?.email === email ? justChosen.password : null
}

export async function verifyEmail(body: { email: string; code: string; password: string | null }): Promise<void> {
  const { password, ...proof } = body
  await unwrap(api.POST('/api/auth/verify-email', { body: { ...proof, ...(password !== null && { password }) } }))
  justChosen = null
}

export function resendCode(email: string) {
  return withProof('resend', (work) => api.POST('/api/auth/verify-email/resend', { body: { email, ...work } }))
}
