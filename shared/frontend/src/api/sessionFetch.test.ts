import { describe, expect, test, vi } from 'vitest'
import { createSessionFetch } from './sessionFetch'

const CSRF = '/api/auth/csrf'
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status })

/** A server whose session has one token; counts what it was asked. */
function server(options: { token: () => string; hasSession?: boolean }) {
  const seen: string[] = []
  const send = vi.fn((input: RequestInfo | URL) => {
    if (!(input instanceof Request)) {
      seen.push('csrf')
      return Promise.resolve(options.hasSession === false ? json({ code: 'auth.unauthenticated' }, 401) : json({ csrfToken: options.token() }))
    }
    const offered = input.headers.get('X-CSRF-Token')
    seen.push(`${input.method} ${offered ?? '-'}`)
    const isRefused = options.hasSession !== false && input.method !== 'GET' && offered !== options.token()
    return Promise.resolve(isRefused ? json({ code: 'auth.csrfRequired', status: 403 }, 403) : json({}))
  })
  return { send: send as unknown as typeof fetch, seen }
}

const request = (method: string, path = '/api/payment/payments') => new Request(`http://k.test${path}`, { method, ...(method === 'POST' && { body: '{}' }) })

describe('a cookie session', () => {
  test('reads without a token', async () => {
    const { send, seen } = server({ token: () => 'one' })
    await createSessionFetch({ csrfPath: CSRF, fetch: send })(request('GET'))
    expect(seen).toEqual(['GET -'])
  })

  test('changes state with the token, which it asks for once', async () => {
    const { send, seen } = server({ token: () => 'one' })
    const sessionFetch = createSessionFetch({ csrfPath: CSRF, fetch: send })
    await Promise.all([sessionFetch(request('POST')), sessionFetch(request('DELETE'))])
    expect(seen.filter((call) => call === 'csrf')).toHaveLength(1)
    expect(seen).toContain('POST one')
    expect(seen).toContain('DELETE one')
  })

  test('gets a new token when the session has changed, and sends the call again', async () => {
    let token = 'one'
    const { send, seen } = server({ token: () => token })
    const sessionFetch = createSessionFetch({ csrfPath: CSRF, fetch: send })
    await sessionFetch(request('POST'))
    token = 'two'
    expect((await sessionFetch(request('POST'))).status).toBe(200)
    expect(seen).toEqual(['csrf', 'POST one', 'POST one', 'csrf', 'POST two'])
  })

  test('gives up after one more try', async () => {
    let count = 0
    const { send } = server({ token: () => `t${count++}` })
    expect((await createSessionFetch({ csrfPath: CSRF, fetch: send })(request('POST'))).status).toBe(403)
  })

  test('signs in without asking for a token first', async () => {
    const { send, seen } = server({ token: () => 'one', hasSession: false })
    const sessionFetch = createSessionFetch({ csrfPath: CSRF, anonymousPaths: ['/api/auth/login'], fetch: send })
    await sessionFetch(request('POST', '/api/auth/login'))
    expect(seen).toEqual(['POST -'])
  })
})

describe('a call that needs a fresh proof', () => {
  /** Refuses everything but reads until the person has proved it, which also changes the session's token. */
  function strictServer() {
    let isFresh = false
    const seen: string[] = []
    const token = () => (isFresh ? 'after' : 'before')
    const send = vi.fn(async (input: RequestInfo | URL) => {
      if (!(input instanceof Request)) return json({ csrfToken: token() })
      seen.push(`${input.headers.get('X-CSRF-Token') ?? '-'} ${await input.text()}`)
      return isFresh ? json({}) : json({ code: 'auth.reauthenticationRequired', status: 401 }, 401)
    })
    return { send: send as unknown as typeof fetch, seen, prove: () => (isFresh = true) }
  }

  test('is sent again, whole and with the new token, once it is proved', async () => {
    const { send, seen, prove } = strictServer()
    const proveAgain = vi.fn(() => Promise.resolve(prove()))
    const answer = await createSessionFetch({ csrfPath: CSRF, proveAgain, fetch: send })(request('POST'))
    expect(answer.status).toBe(200)
    expect(proveAgain).toHaveBeenCalledTimes(1)
    expect(seen).toEqual(['before {}', 'after {}'])
  })

  test('stays refused when the person does not', async () => {
    const { send, seen } = strictServer()
    const answer = await createSessionFetch({ csrfPath: CSRF, proveAgain: () => Promise.resolve(false), fetch: send })(request('POST'))
    expect(answer.status).toBe(401)
    expect(seen).toHaveLength(1)
  })

  test('stays refused where nobody can be asked', async () => {
    const { send } = strictServer()
    expect((await createSessionFetch({ csrfPath: CSRF, fetch: send })(request('POST'))).status).toBe(401)
  })
})
