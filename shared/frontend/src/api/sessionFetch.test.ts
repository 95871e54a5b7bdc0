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

  test('asks what has nothing to do with a session as it is, and goes on with the token it has', async () => {
    const { send, seen } = server({ token: () => 'one', hasSession: true })
    const sessionFetch = createSessionFetch({ csrfPath: CSRF, statelessPaths: ['/api/auth/password/strength'], fetch: send })
    await sessionFetch(request('POST', '/api/auth/password/strength'))
    await sessionFetch(request('POST'))
    await sessionFetch(request('POST', '/api/auth/password/strength'))
    await sessionFetch(request('POST'))
    expect(seen).toEqual(['POST -', 'csrf', 'POST one', 'POST -', 'POST one'])
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

describe('somebody else signs in in another window', () => {
  const ME = '/api/auth/me'

  /** A browser whose cookie may change hands; `changed` are the people whose account something was changed in. */
  function sharedBrowser() {
    let person = 'sari'
    const changed: string[] = []
    const send = vi.fn((input: RequestInfo | URL) => {
      const path = input instanceof Request ? new URL(input.url).pathname : String(input)
      if (path === CSRF) return Promise.resolve(json({ csrfToken: `token of ${person}` }))
      if (path === ME) return Promise.resolve(json({ id: person }))
      const isTheirs = path === '/api/auth/login' || (input instanceof Request && input.headers.get('X-CSRF-Token') === `token of ${person}`)
      if (isTheirs) changed.push(person)
      return Promise.resolve(isTheirs ? json({}) : json({ code: 'auth.csrfRequired', status: 403 }, 403))
    })
    return { send: send as unknown as typeof fetch, changed, signIn: (other: string) => (person = other) }
  }

  function page(browser: ReturnType<typeof sharedBrowser>) {
    const onOtherPerson = vi.fn()
    const options = { csrfPath: CSRF, personPath: ME, anonymousPaths: ['/api/auth/login'], onOtherPerson, fetch: browser.send }
    return { call: createSessionFetch(options), onOtherPerson }
  }

  test('what was asked for on the page of the one is not done to the other', async () => {
    const browser = sharedBrowser()
    const { call, onOtherPerson } = page(browser)
    await call(request('GET', ME))
    await call(request('POST'))
    browser.signIn('budi')
    await expect(call(request('DELETE', '/api/auth/account'))).rejects.toMatchObject({ code: 'client.otherPerson' })
    expect(browser.changed).toEqual(['sari'])
    expect(onOtherPerson).toHaveBeenCalledTimes(1)
  })

  test('not even as the first thing that is done there', async () => {
    const browser = sharedBrowser()
    const { call } = page(browser)
    await call(request('GET', ME))
    browser.signIn('budi')
    await expect(call(request('POST'))).rejects.toMatchObject({ code: 'client.otherPerson' })
    expect(browser.changed).toEqual([])
  })

  test('a page that asks who is there hears of it', async () => {
    const browser = sharedBrowser()
    const { call, onOtherPerson } = page(browser)
    await call(request('GET', ME))
    await call(request('GET', ME))
    expect(onOtherPerson).not.toHaveBeenCalled()
    browser.signIn('budi')
    await call(request('GET', ME))
    expect(onOtherPerson).toHaveBeenCalledTimes(1)
  })

  test('who signs in on this page is who it is about from then on', async () => {
    const browser = sharedBrowser()
    const { call, onOtherPerson } = page(browser)
    await call(request('GET', ME))
    browser.signIn('budi')
    await call(request('POST', '/api/auth/login'))
    await call(request('GET', ME))
    expect((await call(request('POST'))).status).toBe(200)
    expect(onOtherPerson).not.toHaveBeenCalled()
  })
})
