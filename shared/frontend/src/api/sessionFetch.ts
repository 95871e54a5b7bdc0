import { serverClock } from '../lib/serverClock'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

export interface SessionFetchOptions {
  /** Where the token that state-changing calls must carry is read. */
  csrfPath: string
  /** Calls that work without a session: they do not ask for a token first. */
  anonymousPaths?: readonly string[]
  fetch?: typeof fetch
}

/**
 * `fetch` for a cookie session. Calls that change state carry `X-CSRF-Token`; the token lives in this closure only.
 * It belongs to the session, so a refusal for a stale one is answered by reading it anew, once.
 */
export function createSessionFetch(options: SessionFetchOptions): (request: Request) => Promise<Response> {
  const send = options.fetch ?? ((request: RequestInfo | URL, init?: RequestInit) => fetch(request, init))
  const anonymous = new Set(options.anonymousPaths)
  let token: Promise<string | null> | null = null

  async function readToken(): Promise<string | null> {
    const response = await send(options.csrfPath, { credentials: 'same-origin', headers: { Accept: 'application/json' } })
    if (!response.ok) return null
    const body: unknown = await response.json()
    return typeof body === 'object' && body !== null && 'csrfToken' in body ? String(body.csrfToken) : null
  }

  async function currentToken(): Promise<string | null> {
    token ??= readToken()
    const value = await token.catch(() => null)
    if (value === null) token = null
    return value
  }

  async function withToken(request: Request): Promise<Request> {
    const value = await currentToken()
    if (value !== null) request.headers.set('X-CSRF-Token', value)
    return request
  }

  return async function sessionFetch(request: Request): Promise<Response> {
    if (SAFE_METHODS.has(request.method)) return serverClock.observe(await send(request))

    const again = request.clone()
    const isAnonymous = anonymous.has(new URL(request.url).pathname)
    const response = await send(isAnonymous && token === null ? request : await withToken(request))
    const answer = (await isStaleToken(response)) ? await sendAgain(again) : response
    if (isAnonymous && answer.ok) token = null
    return serverClock.observe(answer)
  }

  async function sendAgain(request: Request): Promise<Response> {
    token = null
    return send(await withToken(request))
  }
}

async function isStaleToken(response: Response): Promise<boolean> {
  if (response.status !== 403) return false
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null)
  return typeof body === 'object' && body !== null && 'code' in body && /csrf/i.test(String(body.code))
}
