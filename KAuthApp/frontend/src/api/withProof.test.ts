import { ProblemError } from '@k/ui'
import { expect, test, vi } from 'vitest'
import { withProof } from './withProof'

const solveProof = vi.hoisted(() => vi.fn((purpose: string) => Promise.resolve(`work for ${purpose}`)))
vi.mock('../features/proof/solveProof', () => ({ solveProof }))

const accepted = { data: 'in', response: new Response() }
const refused = (code: string) => ({ error: { code, status: 403, title: '' }, response: new Response(null, { status: 403 }) })

test('nothing is worked for while nobody asks', async () => {
  expect(await withProof('login', () => Promise.resolve(accepted))).toBe('in')
  expect(solveProof).not.toHaveBeenCalled()
})

test('the call is sent again with the work that was asked for', async () => {
  const send = vi.fn(({ proof }: { proof?: string }) => Promise.resolve(proof === undefined ? refused('auth.proofRequired') : accepted))
  expect(await withProof('register', send)).toBe('in')
  expect(send.mock.calls).toEqual([[{}], [{ proof: 'work for register' }]])
})

test('what is refused all the same stays refused, and other refusals cost no work', async () => {
  await expect(withProof('login', () => Promise.resolve(refused('auth.proofRequired')))).rejects.toBeInstanceOf(ProblemError)
  solveProof.mockClear()
  await expect(withProof('login', () => Promise.resolve(refused('auth.emailNotVerified')))).rejects.toMatchObject({ code: 'auth.emailNotVerified' })
  expect(solveProof).not.toHaveBeenCalled()
})
