import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { accessibilityFindings } from './support/accessibility.mjs'
import { findChromium, launchBrowser, PATIENCE_MS } from './support/browser.mjs'
import { ORIGIN, serveMockedSite } from './support/mockedSite.mjs'
import { PAGES } from './support/pageList.mjs'
import { checkout } from './support/samples.mjs'

// Needs the built apps (`npm run build`) and a Chromium; no server: the API is mocked. K_SCREENSHOTS=folder keeps pictures.
const screenshots = process.env.K_SCREENSHOTS
const only = process.env.K_PAGES?.split(',')
const LOOKS = [
  { width: 390, colorScheme: 'light', locale: 'en-GB' },
  { width: 390, colorScheme: 'dark', locale: 'id-ID' },
  { width: 1280, colorScheme: 'light', locale: 'en-GB' },
  { width: 1280, colorScheme: 'dark', locale: 'id-ID' },
]
// what the browser itself logs when a call is refused on purpose
const EXPECTED = /Failed to load resource: the server responded with a status of 4/

let browser

before(async () => {
  if (screenshots) mkdirSync(screenshots, { recursive: true })
  browser = await launchBrowser()
})

after(() => browser?.close())

const noBrowser = findChromium() === null && 'no Chromium'

describe('pages under a strict content security policy', { concurrency: LOOKS.length, skip: noBrowser }, () => {
  for (const look of LOOKS) {
    const suffix = `${look.width} ${look.colorScheme}`
    describe(suffix, { concurrency: 1 }, () => {
      let desk
      before(async () => (desk = await openDesk(look)))
      after(() => desk?.context.close())
      for (const page of PAGES.filter(({ name }) => only === undefined || only.includes(name))) {
        const title = `${page.name} ${suffix}`
        test(title, () => inspect(desk, page, title.replaceAll(' ', '-')))
      }
    })
  }
})

test('without an event stream the checkout page asks, and turns to paid all the same', { skip: noBrowser }, async () => {
  const context = await browser.newContext()
  let isPaid = false
  const view = () => checkout(isPaid ? { status: 'paid', paidAt: new Date().toISOString() } : {})
  await serveMockedSite(context, { 'GET /api/payment/checkouts/tok_sample': view })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  await page.goto(`${ORIGIN}/payment/checkout/tok_sample`)
  await page.getByTestId('virtualAccountNo').waitFor()
  isPaid = true
  await page.locator('[data-status=paid]').waitFor()
  await context.close()
})

/** Where one page after the other is looked at: a browser process for each would cost more than the page itself. */
async function openDesk({ width, colorScheme, locale }) {
  const context = await browser.newContext({
    viewport: { width, height: width === 390 ? 844 : 800 },
    colorScheme,
    locale,
    timezoneId: 'Asia/Jakarta',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  // as chosen on this device: the profile speaks English
  await page.addInitScript((language) => localStorage.setItem('k.locale', language), locale.slice(0, 2))
  const complaints = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !EXPECTED.test(message.text())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  return { context, page, complaints, debuggedBy: await context.newCDPSession(page) }
}

/** Nothing of the page before is left: no answer, no storage, no history, no pointer over what comes next. */
async function clear({ context, page, complaints, debuggedBy }) {
  if (page.url().startsWith(ORIGIN)) await page.evaluate(() => sessionStorage.clear())
  await context.unrouteAll()
  await context.route('**', (route) => route.abort())
  await page.goto('about:blank')
  await context.unrouteAll()
  await context.clearCookies()
  await debuggedBy.send('Storage.clearDataForOrigin', { origin: ORIGIN, storageTypes: 'all' })
  await debuggedBy.send('Page.resetNavigationHistory')
  await page.mouse.move(0, 0)
  complaints.length = 0
}

async function inspect(desk, { path, answers, act, shows }, fileName) {
  const { context, page, complaints } = desk
  await clear(desk)
  await serveMockedSite(context, typeof answers === 'function' ? answers() : answers)

  await page.goto(ORIGIN + path)
  await act?.(page)
  await page.locator(shows).first().waitFor()
  await page.evaluate(() => document.fonts.ready)
  await page.waitForTimeout(250)
  // a dialog covers what is seen, not the whole page
  const fullPage = (await page.locator('dialog[open]').count()) === 0
  if (screenshots) await page.screenshot({ path: join(screenshots, `${fileName}.png`), fullPage })

  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  assert.ok(overflow <= 0, 'the page scrolls sideways')
  assert.deepEqual(complaints, [], 'the browser complains')
  assert.deepEqual(await accessibilityFindings(page), [], 'axe-core finds barriers')
}
