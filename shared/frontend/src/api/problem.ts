/** RFC 9457 as K's servers and its gateway write it. */
export interface Problem {
  type?: string
  title: string
  status: number
  detail?: string
  instance?: string
  code: string
  requestId?: string
  errors?: FieldProblem[]
}

/** One refused field; the servers name it by `field`, or by a JSON pointer. */
export interface FieldProblem {
  field?: string
  pointer?: string
  code?: string
  message?: string
  detail?: string
}

/** A refused call. Components branch on `code`; the text is for people and may change. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'

  constructor(
    readonly problem: Problem,
    readonly retryAfterSeconds?: number,
  ) {
    super(problem.detail ?? problem.title)
  }

  get code(): string {
    return this.problem.code
  }

  get status(): number {
    return this.problem.status
  }
}

export function hasCode(error: unknown, ...codes: string[]): error is ProblemError {
  return error instanceof ProblemError && codes.includes(error.code)
}

/** There is no session, or not any more. Other 401s say that something typed was wrong. */
export function isUnauthenticated(error: unknown): boolean {
  return hasCode(error, 'auth.unauthenticated')
}

/** The last word of `field` or of the pointer: `/body/amount/value` speaks about `amount`. */
export function fieldNameOf(fieldProblem: FieldProblem, known: readonly string[]): string | undefined {
  const path = (fieldProblem.field ?? fieldProblem.pointer ?? '').split(/[./]/)
  return path.find((part) => known.includes(part))
}

interface CallResult<Data> {
  data?: Data
  error?: unknown
  response: Response
}

/** The body of an accepted call; a refused or failed call rejects with a ProblemError. */
export async function unwrap<Data>(call: Promise<CallResult<Data>>): Promise<Data> {
  const result = await settle(call)
  if (!result.response.ok) {
    throw new ProblemError(toProblem(result.error, result.response), retryAfterOf(result.response))
  }
  return result.data as Data
}

async function settle<Data>(call: Promise<CallResult<Data>>): Promise<CallResult<Data>> {
  try {
    return await call
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    if (cause instanceof ProblemError) throw cause
    throw new ProblemError({ title: 'The server cannot be reached', status: 0, code: 'client.unreachable' })
  }
}

function toProblem(body: unknown, response: Response): Problem {
  if (isProblem(body)) return body
  const requestId = response.headers.get('X-Request-ID')
  return {
    title: response.statusText || 'The call failed',
    status: response.status,
    code: 'client.unexpectedAnswer',
    ...(requestId === null ? {} : { requestId }),
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string' && 'status' in body
}

function retryAfterOf(response: Response): number | undefined {
  const header = response.headers.get('Retry-After')
  if (header === null || !/^\d+$/.test(header)) return undefined
  return Number.parseInt(header, 10)
}
