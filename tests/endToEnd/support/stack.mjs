import { spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { PATIENCE_MS } from './browser.mjs'

const ROOT = new URL('../../..', import.meta.url).pathname

const ENDPOINTS_FILE = process.env.K_ENDPOINTS_FILE ?? join(ROOT, 'var', 'run', 'endpoints.json')

/** Where the running stack is: K_ENDPOINTS_FILE, else what `scripts/up` wrote. */
export function readEndpoints() {
  return JSON.parse(readFileSync(ENDPOINTS_FILE, 'utf8'))
}

/** The newest mail to this address with these words in it: its text, code and first link. */
export async function awaitMail(mailDir, address, containing = '') {
  const find = () => readMails(mailDir).find((mail) => mail.includes(address) && textOf(mail).includes(containing))
  await awaitThat(() => find() !== undefined, `a mail to ${address} with “${containing}”`)
  return readMail(textOf(find()))
}

/** The newest mail to this address once so many have come. */
export async function awaitMails(mailDir, address, count) {
  await awaitThat(() => readMails(mailDir).filter((mail) => mail.includes(address)).length >= count, `${count} mails to ${address}`)
  return awaitMail(mailDir, address)
}

function readMails(mailDir) {
  const folder = join(mailDir, 'new')
  const files = readdirSync(folder).map((name) => join(folder, name))
  return files.sort((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs).map((file) => readFileSync(file, 'utf8'))
}

/** The plain part, whatever its transfer encoding. */
function textOf(mail) {
  const boundary = /boundary="?([^"\s;]+)"?/i.exec(mail)?.[1]
  const parts = boundary === undefined ? [mail] : mail.split(`--${boundary}`)
  const plain = parts.find((part) => /content-type: text\/plain/i.test(part)) ?? mail
  const separator = /\r?\n\r?\n/.exec(plain)
  const body = plain.slice(separator === null ? 0 : separator.index)
  if (/content-transfer-encoding: base64/i.test(plain)) return Buffer.from(body, 'base64').toString('utf8')
  if (!/content-transfer-encoding: quoted-printable/i.test(plain)) return body
  const bytes = body.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

function readMail(text) {
  return { text, code: /(?<!\d)\d{6}(?!\d)/.exec(text)?.[0], link: /https?:\/\/\S+/.exec(text)?.[0] }
}

/** One of the commands in `scripts/`, for that stack, with this on its standard input. */
export function runScript(name, args, input) {
  return new Promise((resolve, reject) => {
    const child = spawn(join(ROOT, 'scripts', name), args, {
      cwd: ROOT,
      env: { ...process.env, K_VAR_DIR: dirname(dirname(ENDPOINTS_FILE)) },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    let said = ''
    child.stdout.on('data', (chunk) => (said += chunk))
    child.stderr.on('data', (chunk) => (said += chunk))
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve(said) : reject(new Error(`${name} ${args.join(' ')}: ${said}`))))
    child.stdin.end(input)
  })
}

/** The six digits an authenticator app shows for this secret (RFC 6238). */
export function totpCode(secret, atMs = Date.now()) {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / 30_000)))
  const digest = createHmac('sha1', fromBase32(secret)).update(counter).digest()
  const start = digest[digest.length - 1] & 0x0f
  return String((digest.readUInt32BE(start) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

function fromBase32(text) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = Array.from(text.replace(/[\s=]/g, '').toUpperCase(), (letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

/** One request with exactly these headers, also those that `fetch` would not send. */
export function send(url, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers: { ...(body && { 'Content-Type': 'application/json' }), ...headers } }, (response) => {
      let text = ''
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }))
    })
    call.on('error', reject)
    call.end(body && JSON.stringify(body))
  })
}

/** Tries until `isSo` says so. */
export async function awaitThat(isSo, what) {
  const endsAt = Date.now() + PATIENCE_MS
  while (Date.now() < endsAt) {
    if (await isSo()) return
    await pause(50)
  }
  throw new Error(`not within ${PATIENCE_MS} ms: ${what}`)
}
