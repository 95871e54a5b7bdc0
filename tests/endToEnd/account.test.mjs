import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { attachAuthenticator } from './support/authenticator.mjs'
import { launchBrowser } from './support/browser.mjs'
import { addPasskey, awaitAccount, field, inDialog, keepRecoveryCodes, methodsOfSession, newPerson, openBrowser, passkeyRow, press, register, signOut, typePassword } from './support/person.mjs'
import { awaitMail, awaitMails, readEndpoints, send, totpCode } from './support/stack.mjs'

// What a person does with an account, in a real browser against the running stack (`scripts/up`).
const endpoints = readEndpoints()
const complaints = []
const NEXT_CODE_MS = 30_000
let browser

before(async () => {
  browser = await launchBrowser()
})

after(() => browser?.close())

async function openPage(expected = [400, 401, 403, 429]) {
  const context = await openBrowser(browser, endpoints.gateway, { complaints, expected })
  return context.newPage()
}

const goTo = (page, name) => page.getByRole('link', { name, exact: true }).first().click()
const alertSaying = (page, sentence) => page.getByRole('alert').filter({ hasText: sentence }).waitFor()
const focusedId = (page) => page.evaluate(() => document.activeElement?.id)

/** The server says once that the last proof is too old, as it does by itself after five minutes. */
async function letProofAge(page, path) {
  const body = JSON.stringify({ type: 'urn:k', title: 'Prove it again', status: 401, code: 'auth.reauthenticationRequired', errors: [] })
  await page.route(path, (route) => route.fulfill({ status: 401, contentType: 'application/problem+json', body }), { times: 1 })
}

const sessionSecret = async (page) => (await page.context().cookies()).find(({ name }) => name.endsWith('kSession')).value

describe('a second factor', { concurrency: false }, () => {
  const person = newPerson('Wayan Surya')
  let page
  let secret
  let codes
  let device

  before(async () => {
    page = await openPage()
    await register(page, endpoints.mailDir, person)
  })

  test('is an authenticator app, with recovery codes shown once', async () => {
    await goTo(page, 'Security')
    await press(page, 'Set up')
    secret = (await page.getByTestId('totpSecret').textContent()).replaceAll(' ', '')
    await page.getByRole('img', { name: /^QR code/ }).waitFor()
    await field(page, 'code').fill('000000')
    await press(page, 'Turn on')
    await inDialog(page).getByRole('alert').waitFor()
    await field(page, 'code').fill(totpCode(secret))
    await press(page, 'Turn on')
    codes = await keepRecoveryCodes(page)
    await page.getByText('10 of 10 left').waitFor()
  })

  test('is asked for after the password, and a code counts once', async () => {
    await signOut(page)
    await typePassword(page, person)
    await page.getByRole('heading', { name: 'One more step' }).waitFor()
    assert.equal(await focusedId(page), 'content', 'the focus is at the new step')
    const code = totpCode(secret, Date.now() + NEXT_CODE_MS)
    await field(page, 'code').fill(code)
    await press(page, 'Continue')
    await awaitAccount(page)
    assert.deepEqual(await methodsOfSession(page), ['password', 'totp'])

    await signOut(page)
    await typePassword(page, person)
    await field(page, 'code').fill(code)
    await press(page, 'Continue')
    await alertSaying(page, 'used before')
  })

  test('can be replaced by a recovery code, each once', async () => {
    await press(page, 'Recovery code')
    await field(page, 'code').fill(codes[0].toUpperCase())
    await press(page, 'Continue')
    await awaitAccount(page)
    await page.getByText('9 of 10 left').waitFor()
    await signOut(page)
    await typePassword(page, person)
    await press(page, 'Recovery code')
    await field(page, 'code').fill(codes[0])
    await press(page, 'Continue')
    await alertSaying(page, 'used before')
    await field(page, 'code').fill(codes[1])
    await press(page, 'Continue')
    await awaitAccount(page)
  })

  test('can be a passkey besides', async () => {
    device = await attachAuthenticator(page)
    await goTo(page, 'Security')
    await addPasskey(page, 'Laptop')
    await passkeyRow(page, 'Laptop').waitFor()
    await page.getByText('8 of 10 left').waitFor()
    await page.getByRole('button', { name: 'Rename Laptop' }).click()
    await field(page, 'name').fill('Old laptop')
    await press(page, 'Save')
    await passkeyRow(page, 'Old laptop').waitFor()
  })

  test('is asked for again before something that matters, and the call goes on by itself', async () => {
    const before = await sessionSecret(page)
    await goTo(page, 'API keys')
    await page.getByText('No keys yet').waitFor()
    await letProofAge(page, '**/api/auth/api-keys')
    await press(page, 'New key')
    await field(page, 'name').fill('Webshop')
    await page.getByRole('checkbox', { name: 'Read your profile' }).check()
    await press(page, 'Create key')
    await page.getByRole('heading', { name: 'Is it still you?' }).waitFor()
    await press(page, 'Use your passkey')
    const apiKey = await page.getByTestId('apiKeySecret').textContent()
    assert.match(apiKey, /^kak_[\w-]{43}$/)
    assert.notEqual(await sessionSecret(page), before, 'the session goes on under another secret')

    const headers = { Authorization: `Bearer ${apiKey}` }
    assert.equal((await send(`${endpoints.gateway}/api/auth/me`, { headers })).status, 200)
    await page.getByRole('checkbox', { name: 'I have copied it' }).check()
    await press(page, 'Continue')
    await page.getByRole('button', { name: 'Revoke Webshop' }).click()
    await inDialog(page).getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('Key revoked').waitFor()
    assert.equal((await send(`${endpoints.gateway}/api/auth/me`, { headers })).status, 401)
  })

  test('need not be shown: then nothing is done', async () => {
    await goTo(page, 'Security')
    await letProofAge(page, '**/api/auth/mfa/recovery-codes')
    await press(page, 'Make new codes')
    await inDialog(page).getByRole('button', { name: 'Make new codes' }).click()
    await page.getByRole('heading', { name: 'Is it still you?' }).waitFor()
    await page.keyboard.press('Escape')
    await alertSaying(inDialog(page), 'Nothing was changed')
    await press(page, 'Cancel')
    await page.getByText('8 of 10 left').waitFor()
  })

  test('is needed for a new password too: the mail alone opens nothing', async () => {
    await device.detach()
    await signOut(page)
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    await page.getByRole('button', { name: 'Send the code', exact: true }).waitFor()
    await field(page, 'email').fill(person.email)
    await press(page, 'Send the code')
    await page.waitForURL('**/auth/reset-password?**')
    person.password = `${person.password} baru`
    await field(page, 'code').fill((await awaitMail(endpoints.mailDir, person.email, 'reset')).code)
    await field(page, 'newPassword').fill(person.password)
    await press(page, 'Set new password')
    await page.getByRole('heading', { name: 'One more step' }).waitFor()
    await press(page, 'Recovery code')
    await field(page, 'code').fill('aaaa-aaaa-aaaa-aaaa')
    await press(page, 'Set new password')
    await page.getByRole('alert').waitFor()
    await field(page, 'code').fill(codes[2])
    await press(page, 'Set new password')
    await page.getByText('Your new password is set.').waitFor()
    await field(page, 'password').fill(person.password)
    await press(page, 'Sign in')
    await page.getByRole('heading', { name: 'One more step' }).waitFor()
  })
})

describe('an account', { concurrency: false }, () => {
  const person = newPerson('Ketut Rahma')
  const before = person.email
  const moved = `moved.${before}`
  let page

  test('begins with the address confirmed, and the session of another browser can be ended', async () => {
    page = await openPage()
    await register(page, endpoints.mailDir, person)
    const elsewhere = await openPage()
    await elsewhere.goto('/auth/sign-in')
    await typePassword(elsewhere, person)
    await awaitAccount(elsewhere)

    await goTo(page, 'Devices')
    await page.getByRole('button', { name: /^End the session on/ }).click()
    await page.getByText('Session ended').waitFor()
    await goTo(elsewhere, 'Devices')
    await elsewhere.getByText('Please sign in to go on.').waitFor()
    assert.match(elsewhere.url(), /next=%2Fauth%2Fdevices/)
    await typePassword(elsewhere, person)
    await elsewhere.getByRole('heading', { name: 'Devices' }).waitFor()
    await elsewhere.context().close()
  })

  test('moves to another address by codes from both', async () => {
    await goTo(page, 'Overview')
    await page.getByRole('link', { name: 'Change email address' }).click()
    await field(page, 'newEmail').fill(moved)
    await press(page, 'Send the codes')
    await page.getByRole('heading', { name: 'Confirm both addresses' }).waitFor()
    // the mails lead to the account, which says where the codes go
    await page.goto('/auth/')
    await page.getByRole('link', { name: 'Enter the codes' }).click()
    const [old, fresh] = await Promise.all([awaitMail(endpoints.mailDir, `X-RcptTo: ${before}`, 'is to move'), awaitMail(endpoints.mailDir, moved)])
    await field(page, 'oldCode').fill(old.code)
    await field(page, 'newCode').fill(fresh.code)
    await press(page, 'Change address')
    await page.getByText('Your address is changed').waitFor()
    await page.getByText(moved).first().waitFor()
  })

  test('is taken back by the link in the mail, which spends nothing when it is opened', async () => {
    const { link } = await awaitMail(endpoints.mailDir, `X-RcptTo: ${before}`, '/auth/email/revert#')
    const other = await openPage()
    await other.goto(link)
    await other.reload()
    await press(other, 'Take my address back')
    await other.getByRole('heading', { name: 'The old address counts again' }).waitFor()
    await other.goto('about:blank')
    await other.goto(link)
    await press(other, 'Take my address back')
    await alertSaying(other, 'wrong, used or expired')
    await other.context().close()

    await goTo(page, 'Devices')
    await page.getByText('Please sign in to go on.').waitFor()
    await typePassword(page, { ...person, email: before })
    await page.getByRole('heading', { name: 'Devices' }).waitFor()
  })

  test('can be taken along', async () => {
    await goTo(page, 'Your data')
    const download = page.waitForEvent('download')
    await press(page, 'Download your data')
    const exported = JSON.parse(readFileSync(await (await download).path(), 'utf8'))
    assert.ok(JSON.stringify(exported).includes(before))
  })

  test('is gone when its owner says so, and only then', async () => {
    await press(page, 'Delete account')
    await field(page, 'typed').fill('somebody.else@example.com')
    await press(page, 'Delete for ever')
    await inDialog(page).locator('[aria-invalid=true]').waitFor()
    await field(page, 'typed').fill(before)
    await press(page, 'Delete for ever')
    await page.getByText('Your account and your personal data are gone.').waitFor()
    await typePassword(page, { ...person, email: before })
    await alertSaying(page, 'Address or password is not right.')
  })
})

test('an address that two people registered belongs to who has its mail and the password', async () => {
  const person = newPerson('Made Ayu')
  const page = await openPage()
  await page.goto('/auth/register')
  await field(page, 'email').fill(person.email)
  await field(page, 'password').fill(person.password)
  await press(page, 'Create account')
  await page.waitForURL('**/auth/verify?**')

  const stranger = await openPage()
  await stranger.goto('/auth/register')
  await field(stranger, 'email').fill(person.email)
  await field(stranger, 'password').fill('a password of somebody else')
  await press(stranger, 'Create account')
  await stranger.waitForURL('**/auth/verify?**')
  await stranger.context().close()

  // reloaded, the page no longer knows the password
  await page.reload()
  await press(page, 'Send a new code')
  await page.getByText('A new code is on its way.').waitFor()
  // one for each registration, and this one
  await field(page, 'code').fill((await awaitMails(endpoints.mailDir, person.email, 3)).code)
  await press(page, 'Confirm address')
  await field(page, 'password').fill(person.password)
  await press(page, 'Confirm address')
  await awaitAccount(page)
  await page.context().close()
})

test('somebody who guesses works for each try, and then waits', async () => {
  const person = newPerson('Agus Salim')
  const owner = await openPage()
  await register(owner, endpoints.mailDir, person)
  const page = await openPage()
  let proofs = 0
  page.on('response', (response) => (proofs += response.url().includes('/api/auth/proof-of-work') && response.status() === 200 ? 1 : 0))
  await page.goto('/auth/sign-in')
  await field(page, 'email').fill(person.email)
  for (let tries = 0; tries < 12 && (await page.getByText(/Try again in/).count()) === 0; tries += 1) {
    const answered = page.waitForResponse((response) => response.url().endsWith('/api/auth/login') && response.status() !== 403)
    await field(page, 'password').fill(`not the right sentence ${tries}`)
    await press(page, 'Sign in')
    await answered
    await page.getByRole('alert').waitFor()
  }
  assert.ok(proofs > 0, 'the browser worked for it')
  await page.getByText(/Too many attempts\. Try again in \d+ seconds?/).first().waitFor()
  assert.equal(await page.getByRole('button', { name: 'Sign in', exact: true }).getAttribute('aria-disabled'), 'true')

  await signOut(owner)
  await typePassword(owner, person)
  await awaitAccount(owner)
})

test('everything can be done by keyboard, and the focus goes where something happened', async () => {
  const page = await openPage()
  await page.goto('/auth/sign-in')
  await field(page, 'email').focus()
  await page.keyboard.type('nobody@example.com')
  await page.keyboard.press('Tab')
  await page.keyboard.type('not the right sentence')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'alert')
  await page.getByRole('link', { name: 'Create an account' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Create your account' }).waitFor()
  assert.equal(await focusedId(page), 'content')
  await page.getByRole('button', { name: 'Bahasa Indonesia' }).press('Enter')
  await page.getByRole('heading', { name: 'Buat akun Anda' }).waitFor()
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'English', 'the language changes under the focus')
  await page.context().close()
})

test('the browser never complained', () => assert.deepEqual(complaints, []))
