import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

/** How long a test waits for what must come: it fails later on what never comes, and not on a machine that is busy. */
export const PATIENCE_MS = 60_000

const OWN = new URL('../../../var/tools/bin/chromium', import.meta.url).pathname
const PLACES = [OWN, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome-stable', '/usr/bin/google-chrome']

/** The machine's own Chromium (K_CHROMIUM names another), or null when there is none. */
export function findChromium() {
  const named = process.env.K_CHROMIUM
  return named ?? PLACES.find((place) => existsSync(place)) ?? null
}

/** A browser with an empty profile that talks to nobody but the pages it is told to open. */
export async function launchBrowser() {
  const executablePath = findChromium()
  if (executablePath === null) throw new Error('no Chromium: install the package chromium, or name one in K_CHROMIUM')
  const profile = mkdtempSync(join(tmpdir(), 'k-browser-'))
  const browser = await chromium.launch({
    executablePath,
    env: { ...process.env, HOME: profile },
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  browser.on('disconnected', () => rmSync(profile, { recursive: true, force: true }))
  return browser
}
