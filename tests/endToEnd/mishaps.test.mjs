import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { findChromium, launchBrowser, PATIENCE_MS } from './support/browser.mjs'
import { ORIGIN, serveMockedSite } from './support/mockedSite.mjs'
import * as sample from './support/samples.mjs'

// What happens to people: no network, no cookies, another window, a second click. Needs the built apps and a Chromium; the API is mocked.
const csrf = { csrfToken: 'mocked' }
const account = {
  'GET /api/auth/me': sample.me,
  'GET /api/auth/csrf': csrf,
  'GET /api/auth/sessions': sample.sessions,
  'GET /api/auth/password-policy': sample.passwordPolicy,
}
const admin = { 'GET /api/admin/auth/me': sample.administrator, 'GET /api/admin/auth/csrf': csrf, 'GET /api/admin/users': sample.users }
const signedIn = [200, { status: 'authenticated', user: sample.me, session: sample.sessions.items[0] }]

let browser

before(async () => {
  browser = await launchBrowser()
})

after(() => browser?.close())

/** A page of its own on the mocked site. */
async function open(t, path, answers, { prepare, ...look } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', reducedMotion: 'reduce', ...look })
  t.after(() => context.close())
  await serveMockedSite(context, answers)
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  if (prepare) await page.addInitScript(prepare)
  await page.goto(ORIGIN + path)
  return page
}

async function typePassword(page) {
  await page.locator('input[name=email]').fill(sample.me.email)
  await page.locator('input[name=password]').fill('correct horse battery')
}

/** Answers one path only when `release` is called; `asked` counts. */
async function hold(page, pattern) {
  const gate = { asked: 0 }
  const opened = new Promise((resolve) => (gate.release = resolve))
  await page.route(pattern, async (route) => {
    gate.asked += 1
    await opened
    await route.fallback()
  })
  return gate
}

const noNetwork = (page) => page.context().setOffline(true)

describe('mishaps', { concurrency: 2, skip: findChromium() === null && 'no Chromium' }, () => {
  test('without a network a change and signing out say so, and neither happens later', async (t) => {
    let changes = 0
    const count = () => ((changes += 1), sample.me)
    const page = await open(t, '/auth/', { ...account, 'PATCH /api/auth/me': count, 'POST /api/auth/logout': () => ((changes += 1), [204, null]) })
    await page.getByText('Firefox on Linux').waitFor()
    await page.route('**/api/**', (route) => route.abort('internetdisconnected'))
    await noNetwork(page)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').filter({ hasText: 'cannot be reached' }).waitFor()
    await page.getByRole('button', { name: /^Account/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.locator('[aria-live=polite]').filter({ hasText: 'cannot be reached' }).last().waitFor()
    await page.unroute('**/api/**')
    await page.context().setOffline(false)
    await page.waitForTimeout(800)
    assert.equal(changes, 0)
  })

  test('a browser that keeps no cookies is told so before anything is typed', async (t) => {
    const prepare = () => Object.defineProperty(Navigator.prototype, 'cookieEnabled', { get: () => false })
    for (const path of ['/auth/sign-in', '/admin/sign-in']) {
      const page = await open(t, path, {}, { prepare })
      await page.getByRole('alert').filter({ hasText: 'keeps no cookies' }).waitFor()
    }
  })

  test('a refused place of browser storage breaks no page', async (t) => {
    const prepare = () => {
      const refuse = () => {
        throw new DOMException('no', 'SecurityError')
      }
      for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(globalThis, name, { get: refuse })
    }
    const shown = [['/auth/sign-in', {}], ['/auth/', account], ['/admin/sign-in', {}], ['/admin/users', admin], ['/payment/', { ...account, 'GET /api/payment/payments': sample.payments }]]
    for (const [path, answers] of shown) {
      const page = await open(t, path, answers, { prepare })
      await page.locator('h1').waitFor()
    }
  })

  test('names of the web that nobody wrote as notices, and places that are none, leave the sign-in page whole', async (t) => {
    const page = await open(t, '/auth/sign-in?notice=toString&next=%2F%2F%5B', { ...account, 'POST /api/auth/login': signedIn })
    await typePassword(page)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('heading', { name: /^Hello/ }).waitFor()
  })

  test('on a slow network two clicks sign in once, and the button stays busy until the account is there', async (t) => {
    let signIns = 0
    const page = await open(t, '/auth/sign-in', { ...account, 'POST /api/auth/login': () => ((signIns += 1), signedIn) })
    const code = await hold(page, '**/assets/accountArea*')
    await typePassword(page)
    const button = page.getByRole('button', { name: 'Sign in', exact: true })
    await button.dblclick()
    await page.waitForTimeout(500)
    assert.equal(await button.getAttribute('aria-busy'), 'true')
    await button.dispatchEvent('click')
    code.release()
    await page.getByRole('heading', { name: /^Hello/ }).waitFor()
    assert.equal(signIns, 1)
  })

  test('on a slow network an administrator sends the second step once, too', async (t) => {
    let proofs = 0
    const challenge = { status: 'secondFactorRequired', challengeId: 'c'.repeat(32), methods: ['totp'], expiresAt: sample.ahead(0.1) }
    const entered = { status: 'authenticated', user: sample.administrator.user, session: sample.administrator.session }
    const answers = { ...admin, 'GET /api/admin/stats/overview': sample.overview, 'POST /api/admin/auth/login': challenge, 'POST /api/admin/auth/second-factor': () => ((proofs += 1), entered) }
    const page = await open(t, '/admin/sign-in', answers)
    const code = await hold(page, '**/assets/adminShell*')
    await typePassword(page)
    await page.locator('button[type=submit]').click()
    await page.locator('input[name=code]').fill('012345')
    const button = page.getByRole('button', { name: 'Sign in' })
    await button.click()
    await page.waitForTimeout(500)
    assert.equal(await button.getAttribute('aria-busy'), 'true')
    code.release()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    assert.equal(proofs, 1)
  })

  test('of two pages that were asked for, the one asked for last is shown', async (t) => {
    const page = await open(t, '/auth/sign-in', {})
    await page.locator('input[name=email]').waitFor()
    const slow = await hold(page, '**/assets/registerPage*')
    await page.getByRole('link', { name: 'Create an account' }).click()
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    await page.waitForURL('**/auth/forgot-password')
    slow.release()
    await page.waitForTimeout(600)
    assert.match(page.url(), /forgot-password$/)
  })

  test('while the account is not there yet the page says that it is loading', async (t) => {
    const page = await open(t, '/auth/sign-in', account)
    const me = await hold(page, '**/api/auth/me')
    await page.goto(`${ORIGIN}/auth/`)
    await page.getByRole('status').filter({ hasText: 'Loading' }).waitFor()
    me.release()
    await page.getByRole('heading', { name: /^Hello/ }).waitFor()
  })

  test('a page of one person does nothing to another who has signed in in another window', async (t) => {
    let person = sample.me
    let erased = 0
    const answers = {
      ...account,
      'GET /api/auth/me': () => person,
      'GET /api/auth/csrf': () => ({ csrfToken: person.id }),
      'DELETE /api/auth/account': () => ((erased += 1), [204, null]),
    }
    const page = await open(t, '/auth/data', answers)
    await page.getByRole('button', { name: 'Delete account' }).click()
    await page.locator('dialog input').fill(sample.me.email)
    person = { ...sample.me, id: sample.id(99), email: 'budi@example.com', fullName: 'Budi Santoso' }
    await page.getByRole('button', { name: 'Delete for ever' }).click()
    await page.getByRole('button', { name: 'Account: Budi Santoso' }).waitFor()
    assert.equal(erased, 0)
  })

  test('names in any script, without end or in pictures, stay inside the page', async (t) => {
    const names = ['W'.repeat(200), '👩‍👩‍👧‍👦🦄', '‮محمد بن عبد الله الطويل جدا', 'ก'.repeat(120), '<img src=x onerror=alert(1)>']
    for (const fullName of names) {
      const email = `${'a'.repeat(64)}@${'sub.'.repeat(40)}example.com`
      const them = { ...sample.me, fullName, email, pendingEmail: `b${email}` }
      for (const path of ['/auth/', '/auth/email', '/auth/data']) {
        const page = await open(t, path, { ...account, 'GET /api/auth/me': them }, { viewport: { width: 390, height: 844 } })
        await page.locator('h1').waitFor()
        assert.equal(await page.evaluate(sidewaysIn), '', `${path} for ${fullName.slice(0, 20)}`)
        assert.doesNotMatch(await page.getByRole('button', { name: /^Account/ }).textContent(), /\p{Cs}/u)
      }
    }
  })

  test('long names stay inside the dialogs and pages of the administration', async (t) => {
    const email = `${'a'.repeat(64)}@${'sub.'.repeat(20)}example.com`
    const user = { ...sample.userDetail, status: 'active', email, fullName: 'W'.repeat(200), suspendedAt: null, suspendedReason: null }
    const answers = { ...admin, 'GET /api/admin/users': { ...sample.users, items: [user] }, 'GET /api/admin/users/*': user, 'GET /api/admin/users/*/api-keys': { items: [], nextCursor: null } }
    const page = await open(t, `/admin/users/${user.id}`, answers, { viewport: { width: 390, height: 844 } })
    await page.getByRole('button', { name: 'Suspend' }).click()
    await page.locator('dialog[open] textarea').waitFor()
    assert.equal(await page.evaluate(sidewaysIn), '')
    await page.goto(`${ORIGIN}/admin/users`)
    await page.locator('table').waitFor()
    assert.equal(await page.evaluate(sidewaysIn), '')
  })

  test('on a narrow screen the bar shows where one is', async (t) => {
    const page = await open(t, '/admin/audit', { ...admin, 'GET /api/admin/audit-events': sample.auditEvents }, { viewport: { width: 390, height: 844 } })
    await page.locator('table').waitFor()
    const box = await page.locator('nav [aria-current=page]:visible').boundingBox()
    assert.ok(box.x >= 0 && box.x + box.width <= 390, JSON.stringify(box))
  })

  test('the account speaks the language of its profile, as payments do', async (t) => {
    const page = await open(t, '/auth/', { ...account, 'GET /api/auth/me': { ...sample.me, locale: 'id' } })
    await page.getByRole('heading', { name: /^Halo/ }).waitFor()
  })

  test('an address that names nothing says so, and speaks of no fields', async (t) => {
    const invalid = [422, { code: 'request.invalid', title: 'The request is not valid' }]
    const payment = await open(t, '/payment/xyz', { ...account, 'GET /api/payment/payments/xyz': invalid })
    await payment.getByRole('alert').filter({ hasText: 'does not exist' }).waitFor()
    const user = await open(t, '/admin/users/xyz', { ...admin, 'GET /api/admin/users/xyz': invalid, 'GET /api/admin/users/xyz/api-keys': invalid })
    await user.getByRole('alert').filter({ hasText: 'does not exist' }).first().waitFor()
  })

  for (const [status, words] of [[429, /Too many/], [503, /busy/], [500, /did not work/], [502, /busy/]]) {
    test(`an answer ${status} is told in words on every form before sign-in, and the form can be sent again`, async (t) => {
      const refusal = [status, { code: status === 429 ? 'gateway.rateLimited' : 'server.anything' }, status === 429 ? { 'Retry-After': '1' } : {}]
      const answers = Object.fromEntries(['login', 'register', 'password/forgot', 'verify-email'].map((name) => [`POST /api/auth/${name}`, refusal]))
      for (const path of ['/auth/sign-in', '/auth/register', '/auth/forgot-password', '/auth/verify?email=sari%40example.com']) {
        const page = await open(t, path, { ...answers, 'GET /api/auth/password-policy': sample.passwordPolicy })
        for (const [name, value] of [['email', 'sari@example.com'], ['password', 'tujuh kopi tubruk pagi ini'], ['code', '012345']]) {
          await page.locator('h1').waitFor()
          const input = page.locator(`input[name=${name}]`)
          if ((await input.count()) > 0) await input.fill(value)
        }
        await page.locator('button[type=submit]').first().click()
        await page.getByRole('alert').filter({ hasText: words }).waitFor()
        await page.waitForTimeout(status === 429 ? 1_500 : 0)
        assert.equal(await page.locator('button[type=submit]').first().isEnabled(), true, path)
      }
    })
  }
})

/** What sticks out of the page or of an open dialog, by its words. */
function sidewaysIn() {
  const page = document.documentElement
  const dialog = document.querySelector('dialog[open]')
  const sticksOut = (frame) => frame !== null && frame.scrollWidth > frame.clientWidth + 1
  return [sticksOut(page) && 'page', sticksOut(dialog) && 'dialog'].filter(Boolean).join(' ')
}
