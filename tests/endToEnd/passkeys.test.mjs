import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { attachAuthenticator } from './support/authenticator.mjs'
import { launchBrowser } from './support/browser.mjs'
import {
  addPasskey,
  awaitAccount,
  inDialog,
  keepRecoveryCodes,
  methodsOfSession,
  newPerson,
  openBrowser,
  passkeyRow,
  press,
  register,
  signOut,
  typePassword,
} from './support/person.mjs'
import { awaitThat, readEndpoints } from './support/stack.mjs'

// Passkeys in a real browser, with authenticators made of software, against the running stack (`scripts/up`).
const endpoints = readEndpoints()
const complaints = []

/** What a device says of copies of its passkeys: bound to it, may be copied, is copied. */
const BOUND = { defaultBackupEligibility: false, defaultBackupState: false }
const COPYABLE = { defaultBackupEligibility: true, defaultBackupState: false }
const COPIED = { defaultBackupEligibility: true, defaultBackupState: true }
const COPIES = { bound: BOUND, copyable: COPYABLE, copied: COPIED }
// hybrid (a phone beside the computer) is called cable in the protocol
const TRANSPORTS = { usb: 'usb', nfc: 'nfc', ble: 'ble', internal: 'internal', hybrid: 'cable' }

const device = (transport, hasResidentKey, hasUserVerification, copies) => ({ transport, hasResidentKey, hasUserVerification, copies })

/** 24 devices: all transports with discoverable passkeys in each state of copies, without discoverable ones, and without verification. */
const DEVICES = [
  ...Object.keys(TRANSPORTS).flatMap((transport) => Object.keys(COPIES).map((copies) => device(transport, true, true, copies))),
  ...Object.keys(TRANSPORTS).map((transport, index) => device(transport, false, true, Object.keys(COPIES)[index % 3])),
  device('usb', true, false, 'bound'),
  device('nfc', false, false, 'bound'),
  device('ble', true, false, 'copyable'),
  device('internal', false, false, 'copied'),
]

const nameOf = ({ transport, hasResidentKey, hasUserVerification, copies }) =>
  `${transport}, ${hasResidentKey ? 'discoverable' : 'not discoverable'}, ${hasUserVerification ? 'verifying' : 'not verifying'}, ${copies}`

const optionsOf = ({ transport, hasResidentKey, hasUserVerification, copies }) => ({
  transport: TRANSPORTS[transport],
  hasResidentKey,
  hasUserVerification,
  isUserVerified: hasUserVerification,
  ...COPIES[copies],
})

let browser

before(async () => {
  browser = await launchBrowser()
})

after(() => browser?.close())

/** A person in the account, in a browser of their own. */
async function settle(name) {
  const person = newPerson(name)
  const context = await openBrowser(browser, endpoints.gateway, { complaints, expected: [400, 401, 403] })
  const page = await context.newPage()
  await register(page, endpoints.mailDir, person)
  return { person, context, page }
}

describe('24 devices', { concurrency: false }, () => {
  let owner

  before(async () => {
    owner = await settle('Dewi Lestari')
  })

  for (const [index, kind] of DEVICES.entries()) {
    test(`${index + 1}: ${nameOf(kind)}`, async () => {
      const page = await owner.context.newPage()
      await page.goto('/auth/security')
      await attachAuthenticator(page, optionsOf(kind))
      const name = `Device ${index + 1}`
      await addPasskey(page, name)
      if (kind.hasUserVerification) await useAndRemove(page, kind, name)
      else await seeItRefused(page, name)
      await page.close()
    })
  }

  async function useAndRemove(page, kind, name) {
    await keepRecoveryCodes(page)
    await passkeyRow(page, name).getByText(kind.copies === 'copied' ? 'synced' : 'this device only').waitFor()
    const opened = page.waitForResponse(isSignIn)
    if (!kind.hasResidentKey) await signInAfterPassword(page)
    else if (kind.transport === 'internal') await signOut(page)
    else await signInByButton(page)
    assert.equal((await opened).status(), 200)
    await awaitAccount(page)
    assert.deepEqual(await methodsOfSession(page), kind.hasResidentKey ? ['passkey'] : ['password', 'passkey'])
    await removePasskey(page, name)
  }

  async function signInAfterPassword(page) {
    await signOut(page)
    await typePassword(page, owner.person)
    await press(page, 'Use your passkey')
  }

  // what is built into the machine has signed in by then: the address field offered it, and the software device picked it
  async function signInByButton(page) {
    await withoutAutofill(page)
    await page.reload()
    await signOut(page)
    await press(page, 'Sign in with a passkey')
  }
})

const isSignIn = (response) => /\/api\/auth\/(login\/second-factor|passkeys\/authentication\/verify)$/.test(response.url())

/** A browser that knows passkeys but not their autofill: else the software device would answer before the button. */
const withoutAutofill = (page) =>
  page.addInitScript(() => {
    globalThis.PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false)
  })

/** Runs in the page: what the device answered last can be read afterwards, as somebody on the wire would. */
function keepLastAnswer() {
  const get = navigator.credentials.get.bind(navigator.credentials)
  navigator.credentials.get = async (options) => {
    const answer = await get(options)
    sessionStorage.setItem('lastAnswer', JSON.stringify(answer.toJSON()))
    return answer
  }
}

/** Runs in the page: the device's answer says that it was made for a registration. */
function pretendRegistration() {
  const get = navigator.credentials.get.bind(navigator.credentials)
  navigator.credentials.get = async (options) => {
    const { id, rawId, type, response } = await get(options)
    const said = new TextDecoder().decode(response.clientDataJSON)
    const { authenticatorData, signature, userHandle } = response
    const clientDataJSON = new TextEncoder().encode(said.replace('webauthn.get', 'webauthn.create')).buffer
    return { id, rawId, type, response: { clientDataJSON, authenticatorData, signature, userHandle }, getClientExtensionResults: () => ({}) }
  }
}

async function removePasskey(page, name) {
  await page.getByRole('link', { name: 'Security', exact: true }).click()
  await page.getByRole('button', { name: `Remove ${name}` }).click()
  await inDialog(page).getByRole('button', { name: 'Remove', exact: true }).click()
  await page.getByText('No passkey yet').waitFor()
}

async function seeItRefused(page, name) {
  await inDialog(page).getByRole('alert').waitFor()
  await press(page, 'Cancel')
  await page.getByText('No passkey yet').waitFor()
  assert.equal(await passkeyRow(page, name).count(), 0)
}

describe('what must not let anybody in', { concurrency: false }, () => {
  let owner
  let page
  let authenticator

  before(async () => {
    owner = await settle('Putri Ayu')
    ;({ page } = owner)
    await withoutAutofill(page)
    await page.reload()
    authenticator = await attachAuthenticator(page, COPYABLE)
    await page.getByRole('link', { name: 'Security', exact: true }).click()
    await addPasskey(page, 'Phone')
    await keepRecoveryCodes(page)
  })

  const onlyCredential = async () => (await authenticator.credentials())[0]

  async function tryButton() {
    await page.goto('/auth/sign-in')
    await press(page, 'Sign in with a passkey')
  }

  async function seeSentence(sentence) {
    await page.getByRole('alert').filter({ hasText: sentence }).waitFor()
    assert.match(page.url(), /\/auth\/sign-in/)
  }

  const REFUSED = 'This passkey does not open an account here.'
  const GIVEN_UP = 'No passkey was used'

  test('the same device a second time', async () => {
    await addPasskey(page, 'Phone again')
    await inDialog(page).getByRole('alert').filter({ hasText: 'already has a passkey' }).waitFor()
    await press(page, 'Cancel')
    await signOut(page)
  })

  test('a signature that is none', async () => {
    await authenticator.lie({ isBogusSignature: true })
    await tryButton()
    await seeSentence(REFUSED)
  })

  test('an answer without the person being verified', async () => {
    await authenticator.lie({ isBadUV: true })
    await tryButton()
    await seeSentence(REFUSED)
  })

  test('an answer without anybody touching the device', async () => {
    await authenticator.lie({ isBadUP: true })
    await tryButton()
    await seeSentence(REFUSED)
    await authenticator.lie({})
  })

  test('a person that the device does not recognise', async () => {
    await authenticator.recognise(false)
    await tryButton()
    await seeSentence(GIVEN_UP)
    await authenticator.recognise(true)
  })

  test('a passkey that says it cannot be copied although it could', async () => {
    const { credentialId } = await onlyCredential()
    await authenticator.describe(credentialId, { backupEligibility: false, backupState: false })
    await tryButton()
    await seeSentence(REFUSED)
    await authenticator.describe(credentialId, { backupEligibility: true, backupState: false })
  })

  test('a passkey that nobody registered', async () => {
    const real = await onlyCredential()
    const stranger = Buffer.from('a passkey that the server never saw').toString('base64')
    await authenticator.clear()
    await authenticator.add({ ...real, credentialId: stranger })
    await tryButton()
    await seeSentence(REFUSED)
    await authenticator.clear()
    await authenticator.add(real)
  })

  test('somebody else’s passkey in one’s own name', async () => {
    const real = await onlyCredential()
    await authenticator.clear()
    await authenticator.add({ ...real, userHandle: Buffer.alloc(32, 7).toString('base64') })
    await tryButton()
    await seeSentence(REFUSED)
    await authenticator.clear()
    await authenticator.add(real)
  })

  test('a page of another origin', async () => {
    const elsewhere = new URL(endpoints.gateway)
    elsewhere.hostname = '127.0.0.1'
    const context = await openBrowser(browser, elsewhere.href)
    const foreign = await context.newPage()
    await attachAuthenticator(foreign)
    await foreign.goto('/auth/sign-in')
    await press(foreign, 'Sign in with a passkey')
    await foreign.getByRole('alert').filter({ hasText: 'The browser could not use a passkey here.' }).waitFor()
    await context.close()
  })

  test('an answer that was made for another purpose', async () => {
    const context = await openBrowser(browser, endpoints.gateway)
    const liar = await context.newPage()
    await liar.addInitScript(pretendRegistration)
    await withoutAutofill(liar)
    await liar.goto('/auth/sign-in')
    const other = await attachAuthenticator(liar)
    await other.add(await onlyCredential())
    await press(liar, 'Sign in with a passkey')
    await liar.getByRole('alert').filter({ hasText: REFUSED }).waitFor()
    await context.close()
  })

  test('an answer that was used before', async () => {
    await page.addInitScript(keepLastAnswer)
    await tryButton()
    await awaitAccount(page)
    const used = JSON.parse(await page.evaluate(() => sessionStorage.getItem('lastAnswer')))
    assert.deepEqual(await verifyFromPage(used), [401, 'auth.challengeInvalid'])
  })

  const verifyFromPage = (body) =>
    page.evaluate(async (sent) => {
      const { csrfToken } = await (await fetch('/api/auth/csrf')).json()
      const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': csrfToken }
      const response = await fetch('/api/auth/passkeys/authentication/verify', { method: 'POST', headers, body: JSON.stringify(sent) })
      return [response.status, (await response.json()).code]
    }, body)

  test('a copy, whose counter is behind; the owner is shown that there may be one', async () => {
    const real = await onlyCredential()
    await signOut(page)
    await authenticator.clear()
    await authenticator.add({ ...real, signCount: 1 })
    await tryButton()
    await seeSentence(REFUSED)
    await authenticator.clear()
    await authenticator.add({ ...real, signCount: real.signCount + 10 })
    await tryButton()
    await awaitAccount(page)
    await page.getByRole('link', { name: 'Security', exact: true }).click()
    await passkeyRow(page, 'Phone').getByText('A copy of it may be in use since').waitFor()
  })

  test('a passkey that was removed', async () => {
    await removePasskey(page, 'Phone')
    await signOut(page)
    await tryButton()
    await seeSentence(REFUSED)
  })
})

test('somebody who waits too long is offered passkeys anew, and the browser never complained', async () => {
  // a page that was never open: what an earlier one still asks would be counted too
  const context = await openBrowser(browser, endpoints.gateway, { complaints })
  const page = await context.newPage()
  let asked = 0
  page.on('request', (request) => (asked += request.url().endsWith('/passkeys/authentication/options') ? 1 : 0))
  await page.clock.install()
  await page.goto('/auth/sign-in')
  await awaitThat(() => asked === 1, 'the first offer')
  await page.clock.fastForward('04:05')
  await awaitThat(() => asked === 2, 'the next offer')
  assert.deepEqual(complaints, [])
})
