import { serverClock } from '../lib/serverClock'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])
const OLD_PROOF = /^auth\.reauthenticationRequired$/

export interface SessionFetchOptions {
  /** Where the token that state-changing calls must carry is read. */
  csrfPath: string
  /** Calls that work without a session: they do not ask for a token first. */
  anonymousPaths?: readonly string[]
  /** Lets the person prove again who they are; true when they did. Calls refused for want of it are then sent again. */
  proveAgain?: () => Promise<boolean>
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

  async function attempt(request: Request): Promise<Response> {
    if (SAFE_METHODS.has(request.method)) return send(request)
    const again = request.clone()
    const isAnonymous = anonymous.has(new URL(request.url).pathname)
    const response = await send(isAnonymous && token === null ? request : await withToken(request))
    const answer = (await isRefusedFor(response, 403, /csrf/i)) ? await sendAgain(again) : response
    if (isAnonymous && answer.ok) token = null
    return answer
  }

  async function sendAgain(request: Request): Promise<Response> {
    token = null
    return send(await withToken(request))
  }

  return async function sessionFetch(request: Request): Promise<Response> {
    const again = request.clone()
    const answer = serverClock.observe(await attempt(request))
    if (!(await isRefusedFor(answer, 401, OLD_PROOF))) return answer
    if (!(await options.proveAgain?.())) return answer
    // proving it gave the session another secret, and with it another token
    token = null
    return serverClock.observe(await attempt(again))
  }
}

async function isRefusedFor(response: Response, status: number, code: RegExp): Promise<boolean> {
  if (response.status !== status) return false
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null)
  return typeof body === 'object' && body !== null && 'code' in body && code.test(String(body.code))
}
