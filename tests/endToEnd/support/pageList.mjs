import * as sample from './samples.mjs'

const noSession = [401, { code: 'auth.unauthenticated', title: 'Sign in first' }]
const csrf = { csrfToken: 'mocked' }
const signedIn = { 'GET /api/auth/me': sample.me, 'GET /api/auth/csrf': csrf }
const signedInAdmin = { 'GET /api/admin/auth/me': sample.administrator, 'GET /api/admin/auth/csrf': csrf }
const checkoutOf = (more) => ({ 'GET /api/payment/checkouts/tok_sample': sample.checkout(more) })
const anId = sample.payment(1042).id

async function typeAdminPassword(page) {
  await page.locator('input[name=email]').fill('admin@example.com')
  await page.locator('input[name=password]').fill('correct horse battery')
  await page.locator('button[type=submit]').click()
}

const challenge = (status) => ({ status, challengeId: 'c'.repeat(32), methods: ['totp', 'recoveryCode'], expiresAt: sample.checkout().expiresAt })

/** Every page: where it is, what the API answers there, what must be seen before it is looked at. */
export const PAGES = [
  { name: 'sign-in', path: '/auth/sign-in', answers: { 'GET /api/auth/me': noSession }, shows: 'h1' },
  {
    name: 'sign-in-refused',
    path: '/auth/sign-in',
    answers: { 'GET /api/auth/me': noSession, 'POST /api/auth/login': [401, { code: 'auth.invalidCredentials', title: 'wrong' }] },
    act: typeAdminPassword,
    shows: '[role=alert]',
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
  { name: 'verify', path: '/auth/verify?email=sari%40example.com', answers: {}, shows: 'input[name=code]' },
  { name: 'forgot-password', path: '/auth/forgot-password', answers: {}, shows: 'input[name=email]' },
  { name: 'reset-password', path: '/auth/reset-password?email=sari%40example.com', answers: {}, shows: 'input[name=code]' },
  { name: 'account', path: '/auth/', answers: { ...signedIn, 'GET /api/auth/sessions': sample.sessions }, shows: 'text=Firefox on Linux' },
  {
    name: 'account-end-others',
    path: '/auth/',
    answers: { ...signedIn, 'GET /api/auth/sessions': sample.sessions },
    act: (page) => page.locator('button:has-text("others"), button:has-text("yang lain")').first().click(),
    shows: 'dialog[open]',
  },
  {
    name: 'account-menu',
    path: '/auth/',
    answers: { ...signedIn, 'GET /api/auth/sessions': sample.sessions },
    act: (page) => page.locator('button[aria-haspopup=menu]').click(),
    shows: '[role=menu]',
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
  { name: 'admin-invitation', path: '/admin/invitation?token=0123456789abcdef0123', answers: {}, shows: 'input[name=password]' },
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
  { name: 'admin-user', path: `/admin/users/${anId}`, answers: { ...signedInAdmin, 'GET /api/admin/users/*': sample.userDetail }, shows: '#account' },
  {
    name: 'admin-user-suspend',
    path: `/admin/users/${anId}`,
    answers: { ...signedInAdmin, 'GET /api/admin/users/*': { ...sample.users.items[0], sessions: sample.userDetail.sessions } },
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
  { name: 'admin-limits', path: '/admin/limits', answers: { ...signedInAdmin, 'GET /api/admin/rate-limit-policies': sample.limits }, shows: 'table' },
  {
    name: 'admin-limit-form',
    path: '/admin/limits',
    answers: { ...signedInAdmin, 'GET /api/admin/rate-limit-policies': sample.limits },
    act: (page) => page.locator('tbody button').first().click(),
    shows: 'dialog[open]',
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
]
