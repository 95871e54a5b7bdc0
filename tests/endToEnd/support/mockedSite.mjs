import { existsSync, readFileSync, statSync } from 'node:fs'
import { extname, join, normalize } from 'node:path'

const ROOT = new URL('../../..', import.meta.url).pathname
const APPS = { auth: 'KAuthApp', payment: 'KSysPayment', admin: 'KSysAdmin' }
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' }

/** At least as strict as what the gateway sends. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
  "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// https, though nothing is listening: passkeys and the clipboard are for secure pages only
export const ORIGIN = 'https://k.test'

/** Serves the built apps under a strict policy, and `answers` ("METHOD /path" → body, [status, body] or a function) as the API. */
export async function serveMockedSite(context, answers) {
  await context.route(`${ORIGIN}/**`, async (route) => {
    const request = route.request()
    const { pathname } = new URL(request.url())
    if (pathname.startsWith('/api/')) return answerApi(route, `${request.method()} ${pathname}`, answers)
    return answerFile(route, pathname)
  })
}

function answerApi(route, call, answers) {
  const found = answers[call] ?? answers[call.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, '*')]
  if (found === undefined) return route.fulfill(problem(404, 'request.notFound', `no mock for ${call}`))
  const answer = typeof found === 'function' ? found(route.request()) : found
  const [status, body, headers = {}] = Array.isArray(answer) ? answer : [200, answer]
  if (status >= 400) return route.fulfill({ ...problem(status, body.code, body.title ?? '', body), headers })
  return route.fulfill({ status, contentType: 'application/json', body: body === null ? '' : JSON.stringify(body) })
}

function problem(status, code, title, more = {}) {
  const body = { type: `urn:k:${code}`, title, status, detail: title, instance: '/', requestId: '01990000-0000-7000-8000-000000000000', errors: [], ...more, code }
  return { status, contentType: 'application/problem+json', body: JSON.stringify(body) }
}

function answerFile(route, pathname) {
  const app = APPS[pathname.split('/')[1]]
  if (app === undefined) return route.fulfill({ status: 404, body: 'not found' })
  const dist = join(ROOT, app, 'frontend', 'dist')
  const asked = join(dist, normalize(pathname.split('/').slice(2).join('/')))
  const file = asked.startsWith(dist) && existsSync(asked) && statSync(asked).isFile() ? asked : join(dist, 'index.html')
  return route.fulfill({
    status: 200,
    contentType: TYPES[extname(file)] ?? 'application/octet-stream',
    headers: { 'Content-Security-Policy': CONTENT_SECURITY_POLICY },
    body: readFileSync(file),
  })
}
