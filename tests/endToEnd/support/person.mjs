import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { PATIENCE_MS } from './browser.mjs'
import { awaitMail } from './stack.mjs'

/** Somebody nobody has met yet. */
export function newPerson(name) {
  const mark = randomBytes(4).toString('hex')
  return { name, email: `${name.split(' ')[0].toLowerCase()}.${mark}@example.com`, password: `tujuh kopi tubruk ${mark}` }
}

/** A browser of their own. `complaints` collects what it logs, but for refusals with one of the `expected` statuses. */
export async function openBrowser(browser, baseURL, { complaints = [], expected = [401] } = {}) {
  const context = await browser.newContext({ baseURL, viewport: { width: 1280, height: 800 }, locale: 'en-GB', timezoneId: 'Asia/Jakarta' })
  context.on('page', (page) => listen(page, complaints, new RegExp(`Failed to load resource: .* status of (${expected.join('|')})`)))
  return context
}

function listen(page, complaints, expected) {
  page.setDefaultTimeout(PATIENCE_MS)
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected.test(message.text())) complaints.push(`${page.url()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error}`))
}

export const field = (page, name) => page.locator(`[name="${name}"]`)
export const press = (page, name) => page.getByRole('button', { name, exact: true }).click()
export const inDialog = (page) => page.locator('dialog[open]').last()

/** Registers, confirms by the mailed code, and is in the account without typing the password again. */
export async function register(page, mailDir, person) {
  await page.goto('/auth/register')
  await field(page, 'fullName').fill(person.name)
  await field(page, 'email').fill(person.email)
  await field(page, 'password').fill(person.password)
  await press(page, 'Create account')
  await page.waitForURL('**/auth/verify?**')
  await field(page, 'code').fill((await awaitMail(mailDir, person.email)).code)
  await press(page, 'Confirm address')
  await awaitAccount(page)
}

export const awaitAccount = (page) => page.getByRole('heading', { name: /^Hello/ }).waitFor()

export async function typePassword(page, person) {
  await field(page, 'email').fill(person.email)
  await field(page, 'password').fill(person.password)
  await press(page, 'Sign in')
}

export async function signOut(page) {
  await page.getByRole('button', { name: /^Account/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL('**/auth/sign-in?**', { waitUntil: 'commit' })
}

/** Reads the codes that are shown once, and says that they are kept. */
export async function keepRecoveryCodes(page) {
  await page.getByTestId('recoveryCodes').waitFor()
  const codes = await page.getByTestId('recoveryCodes').locator('li').allTextContents()
  assert.equal(new Set(codes).size, 10)
  await page.getByRole('checkbox').check()
  await press(page, 'Continue')
  await page.getByTestId('recoveryCodes').waitFor({ state: 'detached' })
  return codes
}

export async function addPasskey(page, name) {
  await press(page, 'Add a passkey')
  await field(page, 'name').fill(name)
  await press(page, 'Create passkey')
}

export const passkeyRow = (page, name) => page.getByRole('region', { name: 'Passkeys' }).getByRole('listitem').filter({ hasText: name })

/** How the session that this page has was opened. */
export async function methodsOfSession(page) {
  const items = await page.evaluate(async () => (await (await fetch('/api/auth/sessions')).json()).items)
  return items.find((session) => session.current).authMethods
}
