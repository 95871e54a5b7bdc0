import { describe, expect, test } from 'vitest'
import { fieldNameOf, hasCode, isUnauthenticated, ProblemError, unwrap } from './problem'

function refusal(status: number, body: unknown, headers: Record<string, string> = {}) {
  return Promise.resolve({ error: body, response: new Response(null, { status, headers }) })
}

const problem = { title: 'Too late', status: 409, code: 'payment.notCancellable', detail: 'it is paid' }

describe('unwrap', () => {
  test('gives the body of an accepted call', async () => {
    expect(await unwrap(Promise.resolve({ data: { id: 1 }, response: new Response() }))).toEqual({ id: 1 })
  })

  test('gives nothing for an answer without a body', async () => {
    expect(await unwrap(Promise.resolve({ response: new Response(null, { status: 204 }) }))).toBeUndefined()
  })

  test('rejects with the problem in hand', async () => {
    const error: unknown = await unwrap(refusal(409, problem)).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ProblemError)
    expect(hasCode(error, 'payment.notCancellable')).toBe(true)
    expect(hasCode(error, 'payment.notFound')).toBe(false)
  })

  test('knows how long to wait', async () => {
    const error: unknown = await unwrap(refusal(429, { ...problem, status: 429 }, { 'Retry-After': '12' })).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ retryAfterSeconds: 12 })
  })

  test('makes a problem of an answer that is none', async () => {
    const error: unknown = await unwrap(refusal(502, '<html>', { 'X-Request-ID': 'abcdefgh' })).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ status: 502, code: 'client.unexpectedAnswer', problem: { requestId: 'abcdefgh' } })
  })

  test('makes a problem of a server that cannot be reached', async () => {
    const error: unknown = await unwrap(Promise.reject(new TypeError('fetch failed'))).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ status: 0, code: 'client.unreachable' })
  })

  test('lets an aborted call be an aborted call', async () => {
    const aborted = new DOMException('gone', 'AbortError')
    await expect(unwrap(Promise.reject(aborted))).rejects.toBe(aborted)
  })
})

test('only a missing session is unauthenticated, not a wrong password', () => {
  expect(isUnauthenticated(new ProblemError({ title: '', status: 401, code: 'auth.unauthenticated' }))).toBe(true)
  expect(isUnauthenticated(new ProblemError({ title: '', status: 401, code: 'auth.invalidCredentials' }))).toBe(false)
})

test('a refused field is found by name or by pointer', () => {
  expect(fieldNameOf({ field: 'amount.value' }, ['amount', 'reference'])).toBe('amount')
  expect(fieldNameOf({ pointer: '/body/reference' }, ['amount', 'reference'])).toBe('reference')
  expect(fieldNameOf({ field: 'other' }, ['amount'])).toBeUndefined()
})
