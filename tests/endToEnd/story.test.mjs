import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { accessibilityFindings } from './support/accessibility.mjs'
import { launchBrowser, PATIENCE_MS } from './support/browser.mjs'
import { awaitMail, awaitThat, readEndpoints, runScript, send, totpCode } from './support/stack.mjs'

// The main job as people do it, in a real browser against the running stack (`scripts/up`).
const screenshots = process.env.K_SCREENSHOTS
const mark = randomBytes(4).toString('hex')
const customer = { email: `sari.${mark}@example.com`, password: `tujuh kopi tubruk ${mark}`, name: 'Sari Wulandari' }
const operator = { email: `operator.${mark}@example.com`, password: `menjaga pintu depan ${mark}` }
const reference = `INV-${mark}`
const LIMITED_PATH = '/api/auth/.well-known/jwks.json'
const ORIGIN = `https://shop-${mark}.example.com`
// refusals asked for on purpose: who am I before signing in, a setting that is none, a limit that was reached
const EXPECTED = /Failed to load resource: the server responded with a status of (401|422|429)/

const endpoints = readEndpoints()
const complaints = []
let browser
let customerPage
let adminPage
let checkoutUrl

before(async () => {
  if (screenshots) mkdirSync(screenshots, { recursive: true })
  browser = await launchBrowser()
  customerPage = await openPage()
  adminPage = await openPage()
})

after(() => browser?.close())

/** A person with a browser of their own. */
async function openPage() {
  const context = await browser.newContext({ baseURL: endpoints.gateway, viewport: { width: 1280, height: 800 }, locale: 'en-GB', timezoneId: 'Asia/Jakarta' })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  page.on('console', (message) => {
    if (message.type() === 'error' && !EXPECTED.test(message.text())) complaints.push(`${page.url()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error}`))
  return page
}

async function look(page, name) {
  await page.evaluate(() => document.fonts.ready)
  if (screenshots) await page.screenshot({ path: join(screenshots, `story-${name}.png`), fullPage: true })
  assert.deepEqual(await accessibilityFindings(page), [], `axe-core finds barriers on ${name}`)
}

const field = (page, name) => page.locator(`[name="${name}"]`)
const submit = (page) => page.locator('main button[type=submit]').first().click()

describe('the story', { concurrency: false }, () => {
  test('a person registers and confirms the address with the code from the mail', async () => {
    const page = customerPage
    await page.goto('/auth/register')
    await field(page, 'fullName').fill(customer.name)
    await field(page, 'email').fill(customer.email)
    await field(page, 'password').fill('correcthorsebatterystaple')
    await page.getByText('Weak. It is on the lists that guessers try first.').waitFor()
    await look(page, 'register-weak')
    await field(page, 'password').fill(customer.password)
    await page.locator('[data-score="4"]').getByText('Strong.').waitFor()
    await submit(page)
    await page.waitForURL('**/auth/verify?**')
    await look(page, 'verify')

    const mail = await awaitMail(endpoints.mailDir, customer.email)
    // scanners open mailed links: twice opened, the code still counts
    await send(mail.link)
    await page.goto(mail.link)
    await field(page, 'code').fill(mail.code)
    await submit(page)
    await page.waitForURL('**/auth/sign-in?**')
  })

  test('a wrong password is refused, the right one opens the account', async () => {
    const page = customerPage
    await field(page, 'password').fill('not the right sentence')
    await submit(page)
    await page.getByRole('alert').waitFor()
    await field(page, 'password').fill(customer.password)
    await submit(page)
    await page.getByRole('heading', { name: 'Hello, Sari' }).waitFor()
    await page.getByText('This device').waitFor()
    await look(page, 'account')
    assert.deepEqual(await page.evaluate(() => document.cookie), '', 'no cookie that scripts can read')
  })

  test('the profile is changed, which needs the token of the session', async () => {
    const page = customerPage
    await field(page, 'fullName').fill('Sari W.')
    await page.getByRole('region', { name: 'Profile' }).getByRole('button', { name: 'Save' }).click()
    await page.getByText('Profile saved').waitFor()
    await page.reload()
    assert.equal(await field(page, 'fullName').inputValue(), 'Sari W.')
  })

  test('signing out ends the session; signing in leads back to where one was', async () => {
    const page = customerPage
    await page.getByRole('button', { name: /^Account/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.waitForURL('**/auth/sign-in?**')
    await page.goto('/payment/new')
    await page.waitForURL('**/auth/sign-in?next=**')
    await field(page, 'email').fill(customer.email)
    await field(page, 'password').fill(customer.password)
    await submit(page)
    await page.waitForURL('**/payment/new')
    await page.goto('/auth/')
  })

  test('a payment is created', async () => {
    const page = customerPage
    await page.getByRole('link', { name: 'Open payments' }).click()
    await page.getByRole('heading', { name: 'Payments' }).waitFor()
    await page.getByRole('link', { name: 'New payment' }).first().click()
    await field(page, 'amount').fill('150000')
    await field(page, 'reference').fill(reference)
    await field(page, 'description').fill('Two bags of Gayo coffee')
    await submit(page)
    await page.getByRole('heading', { name: new RegExp(reference) }).waitFor()
    await page.getByTestId('virtualAccountNo').waitFor()
    await look(page, 'payment')
    checkoutUrl = await page.getByRole('link', { name: 'Open page' }).getAttribute('href')
  })

  test('the customer’s page turns to paid by itself', async () => {
    const payer = await openPage()
    await payer.goto(checkoutUrl)
    const digits = (await payer.getByTestId('virtualAccountNo').textContent()).replace(/\D/g, '')
    await look(payer, 'checkout')

    const paid = await send(`${endpoints.simulator}/simulator/virtual-accounts/${digits}/pay`, { method: 'POST', body: { amount: '150000.00' } })
    assert.equal(paid.status, 200, paid.text)
    const paidAt = Date.now()
    await payer.locator('[data-status=paid]').waitFor()
    const seconds = (Date.now() - paidAt) / 1000
    assert.ok(seconds < 5, `the page took ${seconds} s`)
    await look(payer, 'checkout-paid')
    await customerPage.getByText('Paid in full').waitFor()
    await look(customerPage, 'payment-paid')
    await payer.context().close()
  })

  test('an administrator enrols a second factor and signs in', async () => {
    await runScript('manage', ['createAdmin', '--email', operator.email], `${operator.password}\n`)
    const page = adminPage
    await page.goto('/admin/users')
    await field(page, 'email').fill(operator.email)
    await field(page, 'password').fill(operator.password)
    await submit(page)
    const secret = await page.getByTestId('totpSecret').textContent()
    await page.getByRole('img', { name: 'QR code' }).waitFor()
    await look(page, 'admin-enrolment')
    await field(page, 'code').fill(totpCode(secret))
    await submit(page)
    await page.getByTestId('recoveryCodes').waitFor()
    const codes = await page.getByTestId('recoveryCodes').locator('li').allTextContents()
    assert.equal(new Set(codes).size, 10)
    await page.getByRole('checkbox').check()
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('heading', { name: 'Users' }).waitFor()
    assert.match(page.url(), /\/admin\/users$/, 'back to where it was asked for')
  })

  test('the administrator sees the user and the payment', async () => {
    const page = adminPage
    await page.getByRole('searchbox').fill(customer.email)
    await page.getByRole('link', { name: customer.email }).click()
    await page.getByText('Live sessions').waitFor()
    await look(page, 'admin-user')

    await page.getByRole('link', { name: 'Payments', exact: true }).click()
    await page.getByRole('link', { name: reference }).click()
    await page.getByText('Everything that happened').waitFor()
    await look(page, 'admin-payment')
    await page.getByRole('link', { name: 'Overview' }).click()
    await page.getByText('Money received').waitFor()
    await look(page, 'admin-overview')
  })

  test('a new limit acts at once, and so does its end', async () => {
    const page = adminPage
    const ask = () => send(endpoints.gateway + LIMITED_PATH)
    assert.equal((await ask()).status, 200)
    await page.getByRole('link', { name: 'Limits' }).click()
    await page.getByRole('button', { name: 'New limit' }).click()
    await field(page, 'name').fill(`story ${mark}`)
    await field(page, 'method').selectOption('GET')
    await field(page, 'path').fill(LIMITED_PATH)
    await field(page, 'match').selectOption('exact')
    await field(page, 'limit').fill('2')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByText('Limit saved').waitFor()
    let refused
    await awaitThat(async () => (refused = await ask()).status === 429, 'the limit acts')
    assert.equal(JSON.parse(refused.text).code, 'gateway.rateLimited')
    assert.match(refused.headers['content-type'], /^application\/problem\+json/)
    await look(page, 'admin-limits')

    await page.getByRole('button', { name: `Delete story ${mark}?` }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('Limit deleted').waitFor()
    await awaitThat(async () => (await ask()).status === 200, 'the limit is gone')
  })

  test('a new CORS origin is allowed at once, on both servers', async () => {
    const page = adminPage
    const allowed = async (path) => (await send(endpoints.gateway + path, { headers: { Origin: ORIGIN } })).headers['access-control-allow-origin']
    assert.equal(await allowed(LIMITED_PATH), undefined)
    await page.getByRole('link', { name: 'Settings' }).click()
    const card = page.getByRole('region', { name: 'cors.allowedOrigins' })
    const before = await card.getByRole('textbox').inputValue()
    await card.getByRole('textbox').fill(`${before}\n${ORIGIN}`)
    await card.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Setting saved').waitFor()
    await awaitThat(async () => (await allowed(LIMITED_PATH)) === ORIGIN, 'the public server allows the origin')
    await awaitThat(async () => (await allowed('/api/admin/auth/me')) === ORIGIN, 'the admin server allows the origin')
    await card.getByText('History').click()
    await card.getByText(ORIGIN).last().waitFor()
    await look(page, 'admin-settings')

    await card.getByRole('textbox').fill('not an origin')
    await card.getByRole('button', { name: 'Save' }).click()
    await card.locator('[aria-invalid=true]').waitFor()
    await card.getByRole('textbox').fill(before)
    await card.getByRole('button', { name: 'Save' }).click()
    await awaitThat(async () => (await allowed(LIMITED_PATH)) === undefined, 'the origin is taken back')
  })

  test('everything is in the audit log, whose chains are whole', async () => {
    const page = adminPage
    await page.getByRole('link', { name: 'Audit' }).click()
    await page.getByRole('table').waitFor()
    await page.getByRole('button', { name: 'Verify the chains' }).click()
    await page.getByText('All chains are whole').waitFor()
    await look(page, 'admin-audit')
  })

  test('a suspended user is signed out at once', async () => {
    await adminPage.getByRole('link', { name: 'Users' }).click()
    await adminPage.getByRole('searchbox').fill(customer.email)
    await adminPage.getByRole('link', { name: customer.email }).click()
    await adminPage.getByRole('button', { name: 'Suspend' }).click()
    await field(adminPage, 'reason').fill('End of the story')
    await adminPage.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click()
    await adminPage.getByText('User suspended').waitFor()
    await customerPage.goto('/payment/')
    await customerPage.waitForURL('**/auth/sign-in?next=**')
  })

  test('an administrator signs out by keyboard', async () => {
    const page = adminPage
    await page.getByRole('button', { name: /^Account/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Sign out' }).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL('**/admin/sign-in')
    await page.goto('/admin/audit')
    await page.waitForURL('**/admin/sign-in?next=**')
  })

  test('the browser had nothing to complain about', () => {
    assert.deepEqual(complaints, [])
  })
})
