import * as sample from './samples.mjs'

const { id, ago, ahead } = sample
const anId = id(301)

const me = {
  ...sample.administrator,
  user: { ...sample.administrator.user, permissions: [...sample.administrator.user.permissions, 'administrator.read', 'administrator.write', 'role.read', 'role.write'] },
  session: { ...sample.administrator.session, freshUntil: ahead(0.05) },
  locale: 'en',
  totp: true,
  passkeys: 2,
}
const signedIn = { 'GET /api/admin/auth/me': me, 'GET /api/admin/auth/csrf': { csrfToken: 'mocked' } }

const passkeys = {
  items: [
    passkey(41, { name: 'Key ring' }),
    passkey(42, { name: 'A name that somebody has written with much more care than a passkey needs', backedUp: true, deviceBound: false, lastUsedAt: null }),
    passkey(43, { name: 'Old phone', counterRegressedAt: ago(3) }),
  ],
}

function passkey(number, more) {
  const known = { id: id(number), createdAt: ago(900), lastUsedAt: ago(5), transports: ['usb'], backedUp: false, deviceBound: true, counterRegressedAt: null }
  return { ...known, ...more }
}

const ownSession = (number, more) => ({
  id: id(number),
  current: false,
  createdAt: ago(3),
  lastSeenAt: ago(0.2),
  idleExpiresAt: ahead(0.1),
  expiresAt: ahead(9),
  ip: '203.0.113.24',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
  deviceLabel: 'Firefox on Linux',
  secondFactor: 'passkey',
  ...more,
})

const security = {
  ...signedIn,
  'GET /api/admin/auth/password-policy': sample.passwordPolicy,
  'POST /api/admin/auth/password/strength': sample.takenPassword(),
  'GET /api/admin/auth/passkeys': passkeys,
  'GET /api/admin/auth/sessions': { items: [ownSession(51, { current: true }), ownSession(52, { secondFactor: 'totp', ip: '2001:db8:85a3::8a2e:370:7334' })] },
}

const administrator = (number, more) => ({
  id: id(number),
  email: `admin${number}@example.com`,
  status: 'active',
  locale: 'en',
  roles: [{ id: id(61), name: 'support' }],
  factors: { totp: true, passkeys: 1, recoveryCodesLeft: 9 },
  createdAt: ago(2000),
  lastLoginAt: ago(30),
  ...more,
})

const role = (number, more) => ({
  id: id(number),
  name: 'support',
  description: 'Looks after users',
  builtIn: false,
  permissions: ['user.read', 'user.suspend', 'user.revokeSessions'],
  createdAt: ago(2000),
  updatedAt: ago(2000),
  ...more,
})

const roles = { items: [role(60, { name: 'owner', description: 'Everything there is to do', builtIn: true, permissions: me.user.permissions }), role(61, {})], nextCursor: null }

const administrators = {
  ...signedIn,
  'GET /api/admin/roles': roles,
  'GET /api/admin/permissions': { items: me.user.permissions.map((name) => ({ name, title: name })) },
  'GET /api/admin/administrators': {
    items: [
      administrator(2, { email: me.user.email, roles: [{ id: id(60), name: 'owner' }] }),
      administrator(71, { status: 'invited', factors: { totp: false, passkeys: 0, recoveryCodesLeft: 0 }, lastLoginAt: null }),
      administrator(72, { status: 'suspended', email: 'a.rather.long.address.that.does.not.want.to.end@subdomain.of.a.company.example.com' }),
      administrator(73, {}),
    ],
    nextCursor: null,
  },
}

const userPage = {
  ...signedIn,
  'GET /api/admin/users/*': sample.userDetail,
  'GET /api/admin/users/*/api-keys': {
    items: [apiKey(81, {}), apiKey(82, { name: 'A shop that was closed', revokedAt: ago(20), lastUsedAt: null })],
    nextCursor: null,
  },
}

function apiKey(number, more) {
  const known = { prefix: 'kak_3fT9xQ2L', scopes: ['payment.read', 'payment.write'], createdAt: ago(900), expiresAt: null, lastUsedAt: ago(1), revokedAt: null }
  return { id: id(number), name: 'Shop', ...known, ...more }
}

const challenge = (status, methods) => ({ 'POST /api/admin/auth/login': { status, challengeId: 'c'.repeat(32), methods, expiresAt: ahead(0.1) } })

async function typePassword(page) {
  await page.locator('input[name=email]').fill('admin@example.com')
  await page.locator('input[name=password]').fill('correct horse battery')
  await page.locator('button[type=submit]').click()
}

const clickIn = (region, nth = 0) => (page) => page.locator(`section[aria-labelledby=${region}] button`).nth(nth).click()
const clickNamed = (pattern) => (page) => page.getByRole('button', { name: pattern }).first().click()

const oldProof = [401, { code: 'auth.reauthenticationRequired', title: 'Confirm that it is you' }]

/** The console's own factors, other administrators and roles; `shows` is what must be seen before a page is looked at. */
export const ADMIN_PAGES = [
  {
    name: 'admin-factor-passkey',
    path: '/admin/sign-in',
    answers: challenge('secondFactorRequired', ['passkey', 'totp', 'recoveryCode']),
    act: typePassword,
    shows: 'text=/Use your passkey|Gunakan passkey/',
  },
  {
    name: 'admin-enrol-passkey',
    path: '/admin/sign-in',
    answers: { ...challenge('enrollmentRequired', ['totp', 'passkey']), 'POST /api/admin/auth/mfa/totp/enroll': sample.enrollment },
    act: async (page) => {
      await typePassword(page)
      await page.getByRole('button', { name: /Set up a passkey|Siapkan passkey/ }).click()
    },
    shows: 'input[name=name]',
  },
  { name: 'admin-security', path: '/admin/security', answers: security, shows: 'section[aria-labelledby=passkeys] li' },
  {
    name: 'admin-security-bare',
    path: '/admin/security',
    answers: { ...security, 'GET /api/admin/auth/me': { ...me, passkeys: 0, recoveryCodesLeft: 2 }, 'GET /api/admin/auth/passkeys': { items: [] } },
    shows: 'section[aria-labelledby=ownSessions] li',
  },
  {
    name: 'admin-password-refused',
    path: '/admin/security',
    answers: { ...security, 'POST /api/admin/auth/password': [403, { code: 'auth.currentPasswordWrong', title: 'The current password is wrong' }] },
    act: async (page) => {
      await page.locator('input[name=currentPassword]').fill('not the password at all')
      await page.locator('input[name=newPassword]').fill('grey boats on a slow river')
      await page.locator('section[aria-labelledby=password] button[type=submit]').click()
    },
    shows: 'section[aria-labelledby=password] [role=alert]',
  },
  { name: 'admin-passkey-add', path: '/admin/security', answers: security, act: clickIn('passkeys'), shows: 'dialog[open] input[name=name]' },
  {
    name: 'admin-totp-setup',
    path: '/admin/security',
    answers: { ...security, 'POST /api/admin/auth/mfa/totp/setup': sample.enrollment },
    act: clickIn('totp'),
    shows: 'dialog[open] input[name=code]',
  },
  {
    name: 'admin-codes-renewed',
    path: '/admin/security',
    answers: { ...security, 'POST /api/admin/auth/mfa/recovery-codes': { recoveryCodes: Array.from({ length: 10 }, (_, index) => `k3fh-8wqz-2m7c-pa${index}x`) } },
    act: async (page) => {
      await clickIn('recoveryCodes')(page)
      await page.locator('dialog[open] button[type=submit]').click()
    },
    shows: '[data-testid=recoveryCodes]',
  },
  {
    name: 'admin-prove-again',
    path: '/admin/security',
    answers: { ...security, 'POST /api/admin/auth/mfa/totp/setup': oldProof },
    act: clickIn('totp'),
    shows: 'dialog[open] button[type=submit]',
  },
  {
    name: 'admin-prove-again-code-refused',
    path: '/admin/security',
    answers: {
      ...security,
      'GET /api/admin/auth/me': { ...me, passkeys: 0 },
      'POST /api/admin/auth/mfa/totp/setup': oldProof,
      'POST /api/admin/auth/reauthenticate': [400, { code: 'auth.codeInvalid', title: 'wrong' }],
    },
    act: async (page) => {
      await clickIn('totp')(page)
      await page.locator('dialog[open] input[name=code]').fill('012345')
      await page.locator('dialog[open] button[type=submit]').click()
    },
    shows: 'dialog[open] [role=alert]',
  },
  {
    name: 'admin-proved-again',
    path: '/admin/security',
    answers: () => {
      let isProven = false
      return {
        ...security,
        'GET /api/admin/auth/me': { ...me, passkeys: 0 },
        'POST /api/admin/auth/mfa/totp/setup': () => (isProven ? sample.enrollment : oldProof),
        'POST /api/admin/auth/reauthenticate': () => {
          isProven = true
          return { authenticatedAt: ago(0), freshUntil: ahead(0.08), csrfToken: 'another' }
        },
      }
    },
    act: async (page) => {
      await clickIn('totp')(page)
      await page.locator('dialog[open] input[name=code]').fill('012345')
      await page.locator('dialog[open] button[type=submit]').click()
    },
    shows: 'dialog[open] [data-testid=totpSecret]',
  },
  { name: 'admin-administrators', path: '/admin/administrators', answers: administrators, shows: 'main li' },
  {
    name: 'admin-invite',
    path: '/admin/administrators',
    answers: administrators,
    act: async (page) => {
      await clickNamed(/^(Invite|Undang)$/)(page)
      await page.locator('dialog[open] input[type=checkbox]').first().waitFor()
      await page.locator('dialog[open] button[type=submit]').click()
    },
    shows: 'dialog[open] [role=alert]',
  },
  {
    name: 'admin-administrator-roles',
    path: '/admin/administrators',
    answers: administrators,
    act: clickNamed(/^(Roles of|Peran) admin73/),
    shows: 'dialog[open] input[type=checkbox]',
  },
  {
    name: 'admin-administrator-reset',
    path: '/admin/administrators',
    answers: { ...administrators, 'POST /api/admin/administrators/*/factors/reset': [409, { code: 'admin.last', title: 'last' }] },
    act: async (page) => {
      await clickNamed(/^(Reset access of|Atur ulang akses) admin73/)(page)
      await page.locator('dialog[open] button[type=submit]').click()
    },
    shows: 'dialog[open] [role=alert]',
  },
  { name: 'admin-roles', path: '/admin/roles', answers: administrators, shows: 'main li' },
  {
    name: 'admin-role-form',
    path: '/admin/roles',
    answers: administrators,
    act: clickNamed(/^(Change|Ubah) support/),
    shows: 'dialog[open] input[type=checkbox]',
  },
  {
    name: 'admin-user-factors',
    path: `/admin/users/${anId}`,
    answers: {
      ...userPage,
      'GET /api/admin/auth/me': { ...me, user: { ...me.user, permissions: [...me.user.permissions, 'user.resetPassword', 'user.resetFactors'] } },
      'POST /api/admin/users/*/factors/reset': [409, { code: 'user.noSecondFactor', title: 'none' }],
    },
    act: async (page) => {
      await clickNamed(/^(Reset second factors|Atur ulang faktor kedua)$/)(page)
      await page.locator('dialog[open] textarea').fill('Lost the phone')
      await page.locator('dialog[open] button[type=submit]').click()
    },
    shows: 'dialog[open] [role=alert]',
  },
  { name: 'admin-user-keys', path: `/admin/users/${anId}`, answers: userPage, shows: 'section[aria-labelledby=apiKeys] li' },
]
