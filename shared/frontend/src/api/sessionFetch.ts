import { serverClock } from '../lib/serverClock'
import { ProblemError } from './problem'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])
const OLD_PROOF = /^auth\.reauthenticationRequired$/

export interface SessionFetchOptions {
  /** Where the token that state-changing calls must carry is read. */
  csrfPath: string
  /** Calls that work without a session: they do not ask for a token first. */
  anonymousPaths?: readonly string[]
  /** Calls that neither need a session nor change one, whatever their method: they are sent as they are. */
  statelessPaths?: readonly string[]
  /** Where the page reads who is signed in: the first one named there is whom the page is about. */
  personPath?: string
  /** Somebody else has signed in in another window: what the page shows is not theirs. */
  onOtherPerson?: () => void
  /** Lets the person prove again who they are; true when they did. Calls refused for want of it are then sent again. */
  proveAgain?: () => Promise<boolean>
  fetch?: typeof fetch
}

/**
 * `fetch` for a cookie session. Calls that change state carry `X-CSRF-Token`; the token lives in this closure only.
 * It belongs to the session, so a refusal for a stale one is answered by reading it anew, once. The session may be somebody
 * else's by then: what was meant for the account on the page is not done to theirs.
 */
export function createSessionFetch(options: SessionFetchOptions): (request: Request) => Promise<Response> {
  const send = options.fetch ?? ((request: RequestInfo | URL, init?: RequestInit) => fetch(request, init))
  const anonymous = new Set(options.anonymousPaths)
  const stateless = new Set(options.statelessPaths)
  let token: Promise<string | null> | null = null
  let person: string | null = null

  const read = (path: string) => send(path, { credentials: 'same-origin', headers: { Accept: 'application/json' } })

  /** Whether the page may go on being about whom it is about; the first who is named is that one. */
  async function isSamePerson(answer: Response): Promise<boolean> {
    const named = answer.ok ? personIn(await bodyOf(answer)) : null
    person ??= named
    if (named === null || named === person) return true
    options.onOtherPerson?.()
    return false
  }

  // first the token, then whose it is: one that changed hands in between is refused, and read again
  async function readToken(): Promise<string | null> {
    const response = await read(options.csrfPath)
    if (!response.ok) return null
    const body: unknown = await response.json()
    if (options.personPath !== undefined && person !== null && !(await isSamePerson(await read(options.personPath)))) throw otherPerson()
    return typeof body === 'object' && body !== null && 'csrfToken' in body ? String(body.csrfToken) : null
  }

  async function currentToken(): Promise<string | null> {
    token ??= readToken()
    const value = await token.catch((error: unknown) => {
      token = null
      if (error instanceof ProblemError) throw error
      return null
    })
    if (value === null) token = null
    return value
  }

  async function withToken(request: Request): Promise<Request> {
    const value = await currentToken()
    if (value !== null) request.headers.set('X-CSRF-Token', value)
    return request
  }

  async function attempt(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (SAFE_METHODS.has(request.method) || stateless.has(pathname)) return look(request)
    const again = request.clone()
    const isAnonymous = anonymous.has(pathname)
    const response = await send(isAnonymous && token === null ? request : await withToken(request))
    const answer = (await isRefusedFor(response, 403, /csrf/i)) ? await sendAgain(again) : response
    if (isAnonymous && answer.ok) token = person = null
    return answer
  }

  async function look(request: Request): Promise<Response> {
    const answer = await send(request)
    if (new URL(request.url).pathname === options.personPath) await isSamePerson(answer)
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

function otherPerson(): ProblemError {
  return new ProblemError({ title: 'Somebody else is signed in now', status: 409, code: 'client.otherPerson' })
}

/** The public server names the person alone, the administration beside the session. */
function personIn(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null
  if ('user' in body) return personIn(body.user)
  return 'id' in body && typeof body.id === 'string' ? body.id : null
}

function bodyOf(response: Response): Promise<unknown> {
  return response
    .clone()
    .json()
    .catch(() => null)
}

async function isRefusedFor(response: Response, status: number, code: RegExp): Promise<boolean> {
  if (response.status !== status) return false
  const body = await bodyOf(response)
  return typeof body === 'object' && body !== null && 'code' in body && code.test(String(body.code))
}
