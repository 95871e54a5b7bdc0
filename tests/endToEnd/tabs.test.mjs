import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { launchBrowser } from './support/browser.mjs'
import { awaitMail, readEndpoints, send } from './support/stack.mjs'

// Two tabs of one browser do the same thing at the same moment, against the running stack (`scripts/up`). A page that holds tokens
// refreshes them; a page with the session cookie proves again who is there, which gives the session another secret.
const endpoints = readEndpoints()
const mark = randomBytes(4).toString('hex')
const person = { email: `tabs.${mark}@example.com`, password: `dua jendela terbuka ${mark}` }
const ROUNDS = process.env.K_TRIALS === 'full' ? 50 : 15
const PROOFS = 5

let browser
let tabs

before(async () => {
  const registered = await send(`${endpoints.gateway}/api/auth/register`, { method: 'POST', body: person })
  assert.equal(registered.status, 202, registered.text)
  const { code } = await awaitMail(endpoints.mailDir, person.email)
  const verified = await send(`${endpoints.gateway}/api/auth/verify-email`, { method: 'POST', body: { email: person.email, code } })
  assert.equal(verified.status, 200, verified.text)

  browser = await launchBrowser()
  const context = await browser.newContext({ baseURL: endpoints.gateway })
  tabs = [await context.newPage(), await context.newPage()]
  for (const tab of tabs) await tab.goto('/auth/sign-in')
})

after(() => browser?.close())

/** What a page's own script gets for one call. */
const call = (tab, method, path, body, headers = {}) =>
  tab.evaluate(
    async ([method, path, body, headers]) => {
      const answer = await fetch(path, { method, headers: { 'Content-Type': 'application/json', ...headers }, body: body && JSON.stringify(body) })
      const text = await answer.text()
      return { status: answer.status, body: text && JSON.parse(text) }
    },
    [method, path, body, headers],
  )

const refresh = (tab, refreshToken) => call(tab, 'POST', '/api/auth/token/refresh', { refreshToken })
const me = (tab, accessToken) => call(tab, 'GET', '/api/auth/me', undefined, { Authorization: `Bearer ${accessToken}` })

async function tokensOf(tab) {
  const answer = await call(tab, 'POST', '/api/auth/login', { ...person, client: 'api' })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return answer.body.tokens
}

describe('two tabs', { concurrency: false }, () => {
  test('refresh at once and both go on with the same successor', async () => {
    let { refreshToken } = await tokensOf(tabs[0])
    for (let round = 0; round < ROUNDS; round += 1) {
      const answers = await Promise.all(tabs.map((tab) => refresh(tab, refreshToken)))
      assert.deepEqual(answers.map((answer) => answer.status), [200, 200], `round ${round}`)
      assert.equal(answers[0].body.refreshToken, answers[1].body.refreshToken)
      assert.notEqual(answers[0].body.refreshToken, refreshToken)
      const accepted = await Promise.all(tabs.map((tab, index) => me(tab, answers[index].body.accessToken)))
      assert.deepEqual(accepted.map((answer) => answer.status), [200, 200])
      refreshToken = answers[0].body.refreshToken
    }
  })

  test('lose an answer and get the same successor again', async () => {
    const { refreshToken } = await tokensOf(tabs[0])
    const [lost, other] = await Promise.all([
      tabs[0].evaluate(async (refreshToken) => {
        const impatience = new AbortController()
        const body = JSON.stringify({ refreshToken })
        const asked = fetch('/api/auth/token/refresh', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body, signal: impatience.signal })
        setTimeout(() => impatience.abort(), 2)
        return asked.then(() => 'came', () => 'lost')
      }, refreshToken),
      refresh(tabs[1], refreshToken),
    ])
    assert.match(lost, /came|lost/)
    const again = await refresh(tabs[0], refreshToken)
    assert.deepEqual([again.status, again.body.refreshToken], [200, other.body.refreshToken])
  })

  test('end their family, and no other, when a token is used again after its successor', async () => {
    const [stolen, untouched] = [await tokensOf(tabs[0]), await tokensOf(tabs[1])]
    const second = await refresh(tabs[0], stolen.refreshToken)
    const third = await refresh(tabs[1], second.body.refreshToken)
    const reused = await refresh(tabs[0], stolen.refreshToken)
    assert.deepEqual([reused.status, reused.body.code], [401, 'auth.refreshReused'])
    assert.equal((await me(tabs[1], third.body.accessToken)).status, 401)
    assert.equal((await refresh(tabs[1], third.body.refreshToken)).status, 401)
    assert.equal((await refresh(tabs[1], untouched.refreshToken)).status, 200)
  })

  test('stay signed in while one of them proves again who is there', async () => {
    const [one, other] = tabs
    const signedIn = await call(one, 'POST', '/api/auth/login', person)
    assert.equal(signedIn.status, 200, JSON.stringify(signedIn.body))
    for (let proof = 0; proof < PROOFS; proof += 1) {
      const { body } = await call(one, 'GET', '/api/auth/csrf')
      const [proved, statuses] = await Promise.all([
        call(one, 'POST', '/api/auth/reauthenticate', { password: person.password }, { 'X-CSRF-Token': body.csrfToken }),
        other.evaluate(async () => {
          const ask = async () => (await fetch('/api/auth/me')).status
          const statuses = []
          const until = performance.now() + 400
          // a request that was under way with the secret before is refused; asked again it brings the new one
          while (performance.now() < until) statuses.push((await ask()) === 200 ? 200 : await ask())
          return statuses
        }),
      ])
      assert.equal(proved.status, 200, JSON.stringify(proved.body))
      assert.deepEqual([...new Set(statuses)], [200])
    }
  })
})
