import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { attachAuthenticator } from './support/authenticator.mjs'
import { launchBrowser } from './support/browser.mjs'
import { field, inDialog, newPerson, openBrowser, press } from './support/person.mjs'
import { awaitMail, readEndpoints, runScript, totpCode } from './support/stack.mjs'

// Two administrators in two browsers, with passkey devices made of software, against the running stack (`scripts/up`).
const endpoints = readEndpoints()
const complaints = []
const boss = newPerson('Bu Ratna')
const colleague = newPerson('Pak Joko')

let browser, bossPage, colleaguePage, colleagueDevice
let codes = []

before(async () => {
  browser = await launchBrowser()
  bossPage = await openPage()
  colleaguePage = await openPage()
})

after(async () => {
  await browser?.close()
  assert.deepEqual(complaints, [], 'the browser complains')
})

async function openPage() {
  return (await openBrowser(browser, endpoints.gateway, { complaints, expected: [400, 401] })).newPage()
}

async function typePassword(page, { email, password }) {
  await field(page, 'email').fill(email)
  await field(page, 'password').fill(password)
  await press(page, 'Continue')
}

async function keepCodes(page) {
  await page.getByTestId('recoveryCodes').waitFor()
  const shown = await page.getByTestId('recoveryCodes').locator('li').allTextContents()
  assert.equal(new Set(shown).size, 10)
  await page.getByRole('checkbox').check()
  await press(page, 'Go on')
  return shown
}

const signedIn = (page) => page.getByRole('heading', { name: 'Overview' }).waitFor()
const row = (page, email) => page.getByRole('list', { name: 'Administrators' }).getByRole('listitem').filter({ hasText: email })

async function signOut(page) {
  await page.getByRole('button', { name: /^Account/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Administration' }).waitFor()
}

async function openSecurity(page) {
  await page.getByRole('button', { name: /^Account/ }).click()
  await page.getByRole('menuitem', { name: 'Security' }).click()
  await page.getByRole('heading', { name: 'Security', exact: true }).waitFor()
}

describe('an administrator', () => {
  test('sets up an app at the first sign-in, then a passkey', async () => {
    await runScript('manage', ['createAdmin', '--email', boss.email], `${boss.password}\n`)
    await attachAuthenticator(bossPage)
    await bossPage.goto('/admin/')
    await typePassword(bossPage, boss)
    const secret = await bossPage.getByTestId('totpSecret').textContent()
    await field(bossPage, 'code').fill(totpCode(secret))
    await press(bossPage, 'Confirm and sign in')
    codes = await keepCodes(bossPage)
    await signedIn(bossPage)
    await openSecurity(bossPage)
    await press(bossPage, 'Add passkey')
    await field(inDialog(bossPage), 'name').fill('Laptop')
    await press(inDialog(bossPage), 'Create passkey')
    await bossPage.getByRole('region', { name: 'Passkeys' }).getByText('Laptop').waitFor()
    const told = await awaitMail(endpoints.mailDir, boss.email, 'Laptop')
    assert.match(told.text, /was added to your administrator account/)
  })

  test('signs in with the passkey', async () => {
    await signOut(bossPage)
    await typePassword(bossPage, boss)
    await press(bossPage, 'Use your passkey')
    await signedIn(bossPage)
  })

  test('makes new recovery codes, and the old ones are void', async () => {
    await openSecurity(bossPage)
    await press(bossPage, 'Make new codes')
    await press(inDialog(bossPage), 'Make new codes')
    const renewed = await keepCodes(bossPage)
    assert.equal(
      renewed.some((code) => codes.includes(code)),
      false,
    )
    await signOut(bossPage)
    await typePassword(bossPage, boss)
    await press(bossPage, 'Use instead: Recovery code')
    await field(bossPage, 'code').fill(codes[0])
    await press(bossPage, 'Sign in')
    await bossPage.getByText('This code is wrong, used or expired.').waitFor()
    await field(bossPage, 'code').fill(renewed[0])
    await press(bossPage, 'Sign in')
    await signedIn(bossPage)
  })
})

describe('a colleague', () => {
  test('is invited by mail and sets up a passkey first', async () => {
    await bossPage.getByRole('link', { name: 'Administrators' }).click()
    await press(bossPage, 'Invite')
    await field(inDialog(bossPage), 'email').fill(colleague.email)
    await inDialog(bossPage).getByRole('checkbox', { name: 'owner' }).check()
    await press(inDialog(bossPage), 'Send invitation')
    await row(bossPage, colleague.email).getByText('Invited', { exact: true }).waitFor()

    colleagueDevice = await attachAuthenticator(colleaguePage)
    await colleaguePage.goto((await awaitMail(endpoints.mailDir, colleague.email, 'invited you')).link)
    await field(colleaguePage, 'password').fill(colleague.email)
    await colleaguePage.getByText(/^Weak\./).waitFor()
    await field(colleaguePage, 'password').fill(colleague.password)
    await colleaguePage.getByText('Strong.').waitFor()
    await press(colleaguePage, 'Set password')
    await typePassword(colleaguePage, colleague)
    await press(colleaguePage, 'Set up a passkey instead')
    await press(colleaguePage, 'Create passkey')
    await keepCodes(colleaguePage)
    await signedIn(colleaguePage)
  })

  test('is out at once when the access is reset, and starts over by mail', async () => {
    await bossPage.reload()
    await row(bossPage, colleague.email)
      .getByRole('button', { name: /^Reset access/ })
      .click()
    await press(inDialog(bossPage), 'Reset access')
    await row(bossPage, colleague.email).getByText('No second step yet').waitFor()

    await colleaguePage.getByRole('link', { name: 'Users' }).click()
    await colleaguePage.waitForURL('**/admin/sign-in?**')
    await typePassword(colleaguePage, colleague)
    await colleaguePage.getByText('Address or password is not right.').waitFor()
    await colleagueDevice.clear()
    await colleaguePage.goto((await awaitMail(endpoints.mailDir, colleague.email, 'Start over')).link)
    await field(colleaguePage, 'password').fill(`${colleague.password} baru`)
    await press(colleaguePage, 'Set password')
    await typePassword(colleaguePage, { ...colleague, password: `${colleague.password} baru` })
    await press(colleaguePage, 'Set up a passkey instead')
    await press(colleaguePage, 'Create passkey')
    await keepCodes(colleaguePage)
    await signedIn(colleaguePage)
  })
})
