import { ADMIN_PAGES } from './adminPages.mjs'
import * as sample from './samples.mjs'

const csrf = { csrfToken: 'mocked' }
const signedIn = { 'GET /api/auth/me': sample.me, 'GET /api/auth/csrf': csrf }
const signedInAdmin = { 'GET /api/admin/auth/me': sample.administrator, 'GET /api/admin/auth/csrf': csrf }
const checkoutOf = (more) => ({ 'GET /api/payment/checkouts/tok_sample': sample.checkout(more) })
const anId = sample.payment(1042).id
const noKeys = { items: [], nextCursor: null }

async function typeAdminPassword(page) {
  await page.locator('input[name=email]').fill('admin@example.com')
  await page.locator('input[name=password]').fill('correct horse battery')
  await page.locator('button[type=submit]').click()
}

const challenge = (status) => ({ status, challengeId: 'c'.repeat(32), methods: ['totp', 'recoveryCode'], expiresAt: sample.checkout().expiresAt })

/** The answer to a right password of somebody with a second factor. */
const secondFactor = (...methods) => ({
  'POST /api/auth/login': { status: 'secondFactorRequired', challengeId: anId, methods, expiresAt: sample.checkout().expiresAt },
})

async function typePassword(page) {
  await page.locator('input[name=email]').fill('sari@example.com')
  await page.locator('input[name=password]').fill('correct horse battery')
  await page.locator('button[type=submit]').first().click()
}

/** Types what becomes a password, and the answer of the server to it. */
const typeNewPassword = (name, password) => (page) => page.locator(`input[name=${name}]`).fill(password)
const strength = (told) => ({ 'POST /api/auth/password/strength': told, 'GET /api/auth/password-policy': sample.passwordPolicy })

async function typeReset(page) {
  await page.locator('input[name=code]').fill('012345')
  await page.locator('input[name=newPassword]').fill('tujuh kopi tubruk pagi ini')
  await page.locator('button[type=submit]').click()
}

/** Opens the part of a page that only its second button shows, and waits for the dialog. */
const clickIn = (region, nth = 0) => (page) => page.locator(`section[aria-labelledby=${region}] button`).nth(nth).click()

async function confirmIn(page) {
  await page.locator('dialog[open] button[type=submit]').click()
}

const account = { ...signedIn, 'GET /api/auth/sessions': sample.sessions, 'GET /api/auth/password-policy': sample.passwordPolicy }
const security = { ...account, 'GET /api/auth/passkeys': { items: [] } }
const protectedAccount = { ...account, 'GET /api/auth/me': sample.protectedMe, 'GET /api/auth/passkeys': sample.passkeys }
const oldProof = [401, { code: 'auth.reauthenticationRequired', title: 'Prove it again' }]
const keys = { ...account, 'GET /api/auth/api-keys': sample.apiKeys }

const limits = {
  ...signedInAdmin,
  'GET /api/admin/rate-limit-policies': sample.limits,
  'GET /api/admin/rate-limit-policies/counters': sample.limitCounters,
  'POST /api/admin/rate-limit-policies/simulate': sample.simulation,
  'POST /api/admin/rate-limit-policies/replay': sample.replay,
}
const addresses = { ...limits, 'GET /api/admin/address-entries': sample.addressEntries, 'GET /api/admin/penalty-box': sample.penaltyBox }

/** Every page: where it is, what the API answers there, what must be seen before it is looked at. */
export const PAGES = [
  { name: 'sign-in', path: '/auth/sign-in', answers: {}, shows: 'h1' },
  {
    name: 'sign-in-refused',
    path: '/auth/sign-in',
    answers: { 'POST /api/auth/login': [401, { code: 'auth.invalidCredentials', title: 'wrong' }] },
    act: typePassword,
    shows: '[role=alert]',
  },
  {
    name: 'sign-in-wait',
    path: '/auth/sign-in',
    answers: { 'POST /api/auth/login': [429, { code: 'auth.tooManyAttempts', title: 'wait' }, { 'Retry-After': '47' }] },
    act: typePassword,
    shows: '[role=alert]',
  },
  { name: 'sign-in-notice', path: '/auth/sign-in?notice=passwordReset&email=sari%40example.com', answers: {}, shows: '[role=status]' },
  { name: 'factor-passkey', path: '/auth/sign-in', answers: secondFactor('totp', 'passkey', 'recoveryCode'), act: typePassword, shows: 'text=/Use your passkey|Gunakan passkey/' },
  { name: 'factor-totp', path: '/auth/sign-in', answers: secondFactor('totp', 'recoveryCode'), act: typePassword, shows: 'input[name=code]' },
  {
    name: 'factor-recovery-code',
    path: '/auth/sign-in',
    answers: { ...secondFactor('totp', 'recoveryCode'), 'POST /api/auth/login/second-factor': [401, { code: 'auth.secondFactorInvalid', title: 'wrong' }] },
    act: async (page) => {
      await typePassword(page)
      await page.getByText(/^(Recovery code|Kode pemulihan)$/).click()
      await page.locator('input[name=code]').fill('k7m2-a9tq-4x0w-pz0h')
      await page.locator('button[type=submit]').click()
    },
    shows: '[role=alert]',
  },
  { name: 'factor-email-code', path: '/auth/sign-in', answers: secondFactor('emailCode'), act: typePassword, shows: 'input[name=code]' },
  {
    name: 'factor-expired',
    path: '/auth/sign-in',
    answers: { ...secondFactor('totp'), 'POST /api/auth/login/second-factor': [401, { code: 'auth.challengeInvalid', title: 'late' }] },
    act: async (page) => {
      await typePassword(page)
      await page.locator('input[name=code]').fill('012345')
      await page.locator('button[type=submit]').click()
    },
    shows: 'input[name=password]',
  },
  {
    name: 'register',
    path: '/auth/register',
    answers: {},
    act: async (page) => {
      await page.locator('input[name=email]').fill('sari@example.com')
      await page.locator('input[name=password]').fill('kopi pagi')
      await page.locator('button[type=submit]').click()
    },
    shows: '[aria-invalid=true]',
  },
  {
    name: 'register-weak',
    path: '/auth/register',
    answers: strength(sample.knownPassword()),
    act: typeNewPassword('password', 'correcthorsebatterystaple'),
    shows: '[data-score="0"]',
  },
  {
    name: 'register-strong',
    path: '/auth/register',
    answers: strength(sample.takenPassword()),
    act: typeNewPassword('password', 'tujuh kopi tubruk pagi ini'),
    shows: '[data-score="4"]',
  },
  { name: 'verify', path: '/auth/verify?email=sari%40example.com', answers: {}, shows: 'input[name=code]' },
  {
    name: 'verify-contested',
    path: '/auth/verify?email=sari%40example.com',
    answers: { 'POST /api/auth/verify-email': [403, { code: 'auth.passwordRequired', title: 'password' }] },
    act: async (page) => {
      await page.locator('input[name=code]').fill('012345')
      await page.locator('button[type=submit]').click()
    },
    shows: 'input[name=password]',
  },
  { name: 'forgot-password', path: '/auth/forgot-password', answers: {}, shows: 'input[name=email]' },
  {
    name: 'reset-password',
    path: '/auth/reset-password?email=sari%40example.com',
    answers: strength(sample.takenPassword(3)),
    act: typeNewPassword('newPassword', 'tujuh kopi tubruk'),
    shows: '[data-score="3"]',
  },
  {
    name: 'reset-factor',
    path: '/auth/reset-password?email=sari%40example.com',
    answers: { ...strength(sample.takenPassword()), 'POST /api/auth/password/reset': [401, { code: 'auth.secondFactorRequired', title: 'factor' }] },
    act: typeReset,
    shows: 'text=/Use your passkey|Gunakan passkey/',
  },
  { name: 'email-revert', path: '/auth/email/revert#0123456789abcdef', answers: {}, shows: 'button[type=submit]' },
  {
    name: 'email-reverted',
    path: '/auth/email/revert#0123456789abcdef',
    answers: { 'POST /api/auth/email/change/revert': null },
    act: (page) => page.locator('button[type=submit]').click(),
    shows: '[role=status]',
  },
  { name: 'email-revert-broken', path: '/auth/email/revert', answers: {}, shows: '[role=alert]' },
  { name: 'account', path: '/auth/', answers: account, shows: 'text=Firefox on Linux' },
  {
    name: 'account-signed-out',
    path: '/auth/security',
    answers: { 'GET /api/auth/me': [401, { code: 'auth.unauthenticated', title: 'Sign in first' }] },
    shows: 'input[name=password]',
  },
  { name: 'account-protected', path: '/auth/', answers: protectedAccount, shows: 'text=Firefox on Linux' },
  { name: 'account-menu', path: '/auth/', answers: account, act: (page) => page.locator('button[aria-haspopup=menu]').click(), shows: '[role=menu]' },
  { name: 'security', path: '/auth/security', answers: security, shows: 'section[aria-labelledby=passkeys] svg' },
  { name: 'security-protected', path: '/auth/security', answers: protectedAccount, shows: 'text=MacBook' },
  {
    name: 'security-password',
    path: '/auth/security',
    answers: { ...security, ...strength(sample.takenPassword(2)) },
    act: typeNewPassword('newPassword', 'kopikopi tubruk'),
    shows: '[data-score="2"]',
  },
  { name: 'security-add-passkey', path: '/auth/security', answers: security, act: clickIn('passkeys'), shows: 'dialog[open] input' },
  { name: 'security-rename-passkey', path: '/auth/security', answers: protectedAccount, act: clickIn('passkeys', 1), shows: 'dialog[open] input' },
  { name: 'security-remove-passkey', path: '/auth/security', answers: protectedAccount, act: clickIn('passkeys', 2), shows: 'dialog[open]' },
  {
    name: 'security-totp',
    path: '/auth/security',
    answers: { ...security, 'POST /api/auth/mfa/totp/enroll': sample.enrollment },
    act: clickIn('totp'),
    shows: '[data-testid=totpSecret]',
  },
  {
    name: 'security-prove-password',
    path: '/auth/security',
    answers: { ...security, 'POST /api/auth/mfa/totp/enroll': oldProof },
    act: clickIn('totp'),
    shows: 'dialog[open] input[type=password]',
  },
  {
    name: 'security-prove-passkey',
    path: '/auth/security',
    answers: { ...protectedAccount, 'DELETE /api/auth/mfa/totp': oldProof },
    act: async (page) => {
      await clickIn('totp')(page)
      await confirmIn(page)
    },
    shows: 'text=/Use your passkey|Gunakan passkey/',
  },
  {
    name: 'security-recovery-codes',
    path: '/auth/security',
    answers: { ...protectedAccount, 'POST /api/auth/mfa/recovery-codes': { recoveryCodes: sample.recoveryCodes } },
    act: async (page) => {
      await clickIn('codes')(page)
      await confirmIn(page)
    },
    shows: '[data-testid=recoveryCodes]',
  },
  { name: 'devices', path: '/auth/devices', answers: account, shows: 'text=Firefox on Linux' },
  {
    name: 'devices-end-others',
    path: '/auth/devices',
    answers: account,
    act: (page) => page.locator('main button').first().click(),
    shows: 'dialog[open]',
  },
  { name: 'api-keys', path: '/auth/api-keys', answers: keys, shows: 'text=Webshop' },
  { name: 'api-keys-empty', path: '/auth/api-keys', answers: { ...account, 'GET /api/auth/api-keys': { items: [], nextCursor: null } }, shows: 'main button' },
  {
    name: 'api-key-new',
    path: '/auth/api-keys',
    answers: keys,
    act: async (page) => {
      await page.locator('main button').first().click()
      await confirmIn(page)
    },
    shows: '[aria-invalid=true]',
  },
  {
    name: 'api-key-secret',
    path: '/auth/api-keys',
    answers: { ...keys, 'POST /api/auth/api-keys': [201, sample.apiKeySecret] },
    act: async (page) => {
      await page.locator('main button').first().click()
      await page.locator('input[name=name]').fill('Webshop')
      await page.locator('input[type=checkbox]').nth(1).check()
      await confirmIn(page)
    },
    shows: '[data-testid=apiKeySecret]',
  },
  { name: 'data', path: '/auth/data', answers: account, shows: '#erase' },
  { name: 'data-erase', path: '/auth/data', answers: account, act: clickIn('erase'), shows: 'dialog[open] input' },
  { name: 'email-change', path: '/auth/email', answers: account, shows: 'input[name=newEmail]' },
  {
    name: 'email-confirm',
    path: '/auth/email',
    answers: { ...account, 'GET /api/auth/me': { ...sample.me, pendingEmail: 'sari.baru@example.org' } },
    shows: 'input[name=newCode]',
  },
  { name: 'not-found', path: '/auth/nowhere', answers: {}, shows: 'h1' },
  { name: 'payments', path: '/payment/', answers: { ...signedIn, 'GET /api/payment/payments': sample.payments }, shows: 'table' },
  { name: 'payments-empty', path: '/payment/', answers: { ...signedIn, 'GET /api/payment/payments': { items: [], nextCursor: null } }, shows: 'h1' },
  {
    name: 'payment-new',
    path: '/payment/new',
    answers: signedIn,
    act: async (page) => {
      await page.locator('input[name=amount]').fill('1250000')
      await page.locator('input[name=reference]').fill('INV 1')
      await page.locator('button[type=submit]').click()
    },
    shows: '[aria-invalid=true]',
  },
  { name: 'payment', path: `/payment/${anId}`, answers: { ...signedIn, 'GET /api/payment/payments/*': sample.payment(1042) }, shows: '[data-testid=virtualAccountNo]' },
  { name: 'payment-paid', path: `/payment/${anId}`, answers: { ...signedIn, 'GET /api/payment/payments/*': sample.payments.items[1] }, shows: 'ol' },
  { name: 'checkout', path: '/payment/checkout/tok_sample', answers: checkoutOf(), shows: '[data-testid=virtualAccountNo]' },
  { name: 'checkout-paid', path: '/payment/checkout/tok_sample', answers: checkoutOf({ status: 'paid', paidAt: sample.me.createdAt }), shows: '[data-status=paid]' },
  { name: 'checkout-expired', path: '/payment/checkout/tok_sample', answers: checkoutOf({ status: 'expired' }), shows: '[data-status=expired]' },
  { name: 'checkout-unknown', path: '/payment/checkout/tok_sample', answers: checkoutOf({ status: 'unknown', briva: null }), shows: '[data-status=unknown]' },
  { name: 'checkout-missing', path: '/payment/checkout/tok_other', answers: {}, shows: 'h1' },
  { name: 'admin-sign-in', path: '/admin/sign-in', answers: {}, shows: 'input[name=email]' },
  { name: 'admin-invitation-old', path: '/admin/invitation?token=0123456789abcdef0123', answers: {}, shows: '[role=alert]' },
  { name: 'admin-browser', path: '/admin/browser#0123456789abcdef0123', answers: {}, shows: 'button[type=submit]' },
  {
    name: 'admin-invitation',
    path: '/admin/invitation#0123456789abcdef0123',
    answers: { 'GET /api/admin/auth/password-policy': { minLength: 20, maxLength: 128 } },
    act: typeNewPassword('password', 'tujuh kopi'),
    shows: 'text=/10 (of|dari) 20/',
  },
  {
    name: 'admin-invitation-weak',
    path: '/admin/invitation#0123456789abcdef0123',
    answers: {
      'GET /api/admin/auth/password-policy': sample.passwordPolicy,
      'POST /api/admin/auth/password/strength': sample.knownPassword('this password is among the first that are guessed: '),
    },
    act: typeNewPassword('password', 'correcthorsebatterystaple'),
    shows: '[data-score="0"]',
  },
  {
    name: 'admin-enrolment',
    path: '/admin/sign-in',
    answers: { 'POST /api/admin/auth/login': challenge('enrollmentRequired'), 'POST /api/admin/auth/mfa/totp/enroll': sample.enrollment },
    act: typeAdminPassword,
    shows: '[data-testid=totpSecret]',
  },
  {
    name: 'admin-recovery-codes',
    path: '/admin/sign-in',
    answers: {
      'POST /api/admin/auth/login': challenge('enrollmentRequired'),
      'POST /api/admin/auth/mfa/totp/enroll': sample.enrollment,
      'POST /api/admin/auth/mfa/totp/confirm': {
        status: 'authenticated',
        user: sample.administrator.user,
        session: sample.administrator.session,
        recoveryCodes: Array.from({ length: 10 }, (_, index) => `k3fh-8wqz-2m7c-pa9${index}`),
      },
    },
    act: async (page) => {
      await typeAdminPassword(page)
      await page.locator('input[name=code]').fill('123456')
      await page.locator('button[type=submit]').click()
    },
    shows: '[data-testid=recoveryCodes]',
  },
  {
    name: 'admin-second-factor',
    path: '/admin/sign-in',
    answers: { 'POST /api/admin/auth/login': challenge('secondFactorRequired') },
    act: typeAdminPassword,
    shows: 'input[name=code]',
  },
  { name: 'admin-overview', path: '/admin/', answers: { ...signedInAdmin, 'GET /api/admin/stats/overview': sample.overview }, shows: 'table' },
  { name: 'admin-users', path: '/admin/users', answers: { ...signedInAdmin, 'GET /api/admin/users': sample.users }, shows: 'table' },
  { name: 'admin-user', path: `/admin/users/${anId}`, answers: { ...signedInAdmin, 'GET /api/admin/users/*': sample.userDetail, 'GET /api/admin/users/*/api-keys': noKeys }, shows: '#account' },
  {
    name: 'admin-user-suspend',
    path: `/admin/users/${anId}`,
    answers: { ...signedInAdmin, 'GET /api/admin/users/*': { ...sample.userDetail, ...sample.users.items[0] }, 'GET /api/admin/users/*/api-keys': noKeys },
    act: (page) => page.locator('main button').first().click(),
    shows: 'dialog[open]',
  },
  {
    name: 'admin-payments',
    path: '/admin/payments',
    answers: {
      ...signedInAdmin,
      'GET /api/admin/payments': { ...sample.payments, items: sample.payments.items.map((item, index) => ({ ...item, ownerId: anId, needsReview: index === 2 })) },
    },
    shows: 'table',
  },
  { name: 'admin-payment', path: `/admin/payments/${anId}`, answers: { ...signedInAdmin, 'GET /api/admin/payments/*/timeline': sample.timeline }, shows: '#timeline' },
  { name: 'admin-limits', path: '/admin/limits', answers: limits, shows: 'main [role=status]' },
  {
    name: 'admin-limit-form',
    path: '/admin/limits',
    answers: limits,
    act: (page) => page.locator('tbody button').first().click(),
    shows: 'dialog[open]',
  },
  { name: 'admin-addresses', path: '/admin/limits/addresses', answers: addresses, shows: 'input[name=refusals]' },
  {
    name: 'admin-address-form',
    path: '/admin/limits/addresses',
    answers: { ...addresses, 'POST /api/admin/address-entries': [409, { code: 'addressEntry.ownAddress', title: 'own' }] },
    act: async (page) => {
      await page.locator('main button').first().click()
      await page.locator('input[name=network]').fill('203.0.113.0/24')
      await page.locator('input[name=name]').fill('Night scans')
      await page.locator('textarea[name=reason]').fill('Tries every path there is')
      await page.locator('dialog[open] button[type=submit]').click()
    },
    shows: 'dialog[open] [role=alert]',
  },
  {
    name: 'admin-try',
    path: '/admin/limits/try',
    answers: limits,
    act: async (page) => {
      await page.locator('select[name=policyId]').selectOption({ index: 1 })
      await page.locator('button[type=submit]').click()
    },
    shows: '#tried',
  },
  {
    name: 'admin-try-log',
    path: '/admin/limits/try',
    answers: limits,
    act: async (page) => {
      await page.locator('select[name=source]').selectOption('log')
      await page.locator('button[type=submit]').click()
    },
    shows: '#tried',
  },
  {
    name: 'admin-settings',
    path: '/admin/settings',
    answers: { ...signedInAdmin, 'GET /api/admin/settings': sample.settings, 'GET /api/admin/settings/cors.allowedOrigins/history': sample.settingHistory },
    act: (page) => page.locator('summary').first().click(),
    shows: 'details ol',
  },
  {
    name: 'admin-audit',
    path: '/admin/audit',
    answers: { ...signedInAdmin, 'GET /api/admin/audit-events': sample.auditEvents, 'POST /api/admin/audit-events/verify': sample.verification },
    act: async (page) => {
      await page.locator('main button').first().click()
      await page.locator('summary').first().click()
    },
    shows: '[role=status] ul',
  },
  ...ADMIN_PAGES,
]
