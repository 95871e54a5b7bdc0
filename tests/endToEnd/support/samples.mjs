const idr = (value) => ({ value, currency: 'IDR' })
export const id = (number) => `01990000-0000-7000-8000-${String(number).padStart(12, '0')}`
const HOUR = 3_600_000
export const ago = (hours) => new Date(Date.now() - hours * HOUR).toISOString()
export const ahead = (hours) => new Date(Date.now() + hours * HOUR).toISOString()

export const me = {
  id: id(1),
  email: 'sari.wulandari@example.com',
  emailVerified: true,
  fullName: 'Sari Wulandari',
  locale: 'en',
  roles: ['merchant'],
  mfa: { totp: false, passkeys: 0, recoveryCodesLeft: 0 },
  createdAt: ago(2_000),
  pendingEmail: null,
}

/** The same person with everything that protects an account. */
export const protectedMe = { ...me, mfa: { totp: true, passkeys: 2, recoveryCodesLeft: 2 } }

const session = (number, more) => ({
  id: id(number),
  current: false,
  createdAt: ago(30),
  lastSeenAt: ago(3),
  expiresAt: ahead(600),
  ip: '203.0.113.24',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
  deviceLabel: 'Firefox on Linux',
  authMethods: ['password'],
  ...more,
})

export const sessions = {
  items: [
    session(11, { current: true, lastSeenAt: ago(0) }),
    session(12, { deviceLabel: 'Chrome on Android', userAgent: 'Mozilla/5.0 (Linux; Android 16) Mobile', ip: '2001:db8:7:1::9', authMethods: ['passkey'] }),
    session(13, { deviceLabel: 'Safari on Mac', lastSeenAt: ago(50), authMethods: ['password', 'totp'] }),
  ],
}

const passkey = (number, more) => ({
  id: id(number),
  name: 'MacBook',
  createdAt: ago(700),
  lastUsedAt: ago(5),
  transports: ['internal', 'hybrid'],
  backedUp: true,
  counterRegressedAt: null,
  deviceBound: false,
  ...more,
})

export const passkeys = {
  items: [
    passkey(51),
    passkey(52, { name: 'Blue security key on the key ring', backedUp: false, deviceBound: true, transports: ['usb', 'nfc'], lastUsedAt: null, counterRegressedAt: ago(20) }),
  ],
}

export const recoveryCodes = Array.from({ length: 10 }, (_, index) => `k7m2-${'abcdefghjk'[index]}9tq-4x${index}w-pz${index}h`)

const apiKey = (number, more) => ({
  id: id(number),
  name: 'Webshop',
  prefix: 'kak_Q3vZ81mB',
  scopes: ['payment.read', 'payment.write'],
  createdAt: ago(300),
  expiresAt: ahead(2_000),
  lastUsedAt: ago(0.1),
  ...more,
})

export const apiKeys = {
  items: [
    apiKey(61),
    apiKey(62, { name: 'Monthly report', prefix: 'kak_x07PqLfe', scopes: ['payment.read'], expiresAt: null, lastUsedAt: null }),
    apiKey(63, { name: 'Old till', prefix: 'kak_mN55aaTz', scopes: ['profile.read', 'payment.read', 'payment.write'], expiresAt: ago(40), lastUsedAt: ago(90) }),
  ],
  nextCursor: null,
}

export const apiKeySecret = { ...apiKeys.items[0], secret: 'kak_Q3vZ81mBq0yT4sW9xJr2NcUeVhLkPd7aFg5oIiMzXbY' }

export const passwordPolicy = { minLength: 15, maxLength: 128 }

export const takenPassword = (score = 4) => ({ score, isAccepted: true, reasons: [] })

/** As the servers refuse what everybody knows; the administrators' one says a little more. */
export const knownPassword = (before = '') => ({
  score: 0,
  isAccepted: false,
  reasons: [{ code: 'auth.passwordCompromised', message: `${before}it is on the lists that guessers try first` }],
})

const briva = { virtualAccountNo: '   22084000012345678', partnerServiceId: '   22084', customerNo: '000012345678', accountName: 'SARI WULANDARI' }

export const payment = (number, more = {}) => ({
  id: id(number),
  reference: `INV-2026-${number}`,
  status: 'awaitingPayment',
  amount: idr('150000.00'),
  received: idr('0.00'),
  refunded: idr('0.00'),
  method: 'briva',
  description: 'Two bags of Gayo coffee, 1 kg each',
  metadata: {},
  createdAt: ago(2),
  expiresAt: ahead(22),
  paidAt: null,
  briva,
  qris: null,
  checkoutUrl: '/payment/checkout/tok_sample',
  ...more,
})

export const payments = {
  items: [
    payment(1042),
    payment(1041, { status: 'paid', amount: idr('12500000.00'), received: idr('12500000.00'), paidAt: ago(4), description: null }),
    payment(1040, { status: 'partiallyFunded', amount: idr('900000.00'), received: idr('400000.00') }),
    payment(1039, { status: 'expired', amount: idr('75000.00') }),
    payment(1038, { status: 'unknown', amount: idr('1250000.00') }),
    payment(1037, { status: 'failed', amount: idr('310000.00') }),
    payment(1036, { status: 'cancelled', amount: idr('45000.00') }),
  ],
  nextCursor: 'more',
}

export const checkout = (more = {}) => {
  const { reference, status, amount, received, description, expiresAt, paidAt, method } = payment(1042)
  return { reference, status, amount, received, description, expiresAt, paidAt, method, briva, ...more }
}

export const permissions = ['user.read', 'user.suspend', 'user.revokeSessions', 'role.read', 'setting.read', 'setting.write', 'rateLimit.read', 'rateLimit.write', 'audit.read', 'payment.read', 'stats.read']

export const administrator = {
  user: { id: id(2), email: 'admin@example.com', roles: ['owner'], permissions },
  session: { id: id(21), createdAt: ago(1), freshUntil: ago(0.9), idleExpiresAt: ahead(0.2), expiresAt: ahead(11) },
  locale: 'en',
  totp: true,
  passkeys: 0,
  recoveryCodesLeft: 10,
}

export const user = (number, more = {}) => ({
  id: id(number),
  email: `person${number}@example.com`,
  emailVerified: true,
  fullName: 'Budi Santoso',
  locale: 'id',
  status: 'active',
  roles: ['merchant'],
  createdAt: ago(900),
  lastLoginAt: ago(5),
  suspendedAt: null,
  suspendedReason: null,
  ...more,
})

export const users = {
  items: [
    user(301, { email: me.email, fullName: me.fullName }),
    user(302, { status: 'suspended', suspendedAt: ago(20), suspendedReason: 'Chargeback fraud, case 2031' }),
    user(303, { status: 'pendingVerification', emailVerified: false, fullName: null, lastLoginAt: null }),
    user(304, { email: 'a.rather.long.address.that.does.not.want.to.end@subdomain.of.a.company.example.com' }),
  ],
  nextCursor: null,
}

export const userDetail = { ...users.items[1], mfa: { totp: true, passkeys: 1, recoveryCodesLeft: 9 }, sessions: [{ ...session(31), client: 'browser' }] }

export const timeline = {
  payment: { ...payment(1041, { status: 'paid', received: idr('150000.00'), paidAt: ago(1) }), ownerId: id(301), needsReview: false },
  items: [
    { at: ago(2), kind: 'event', title: 'payment.created', facts: { reference: 'INV-2026-1041' } },
    { at: ago(1.99), kind: 'bankCall', title: 'createVa', facts: { responseCode: '2002700', durationMs: 184 } },
    { at: ago(1), kind: 'receipt', title: 'receipt.recorded', facts: { amount: '150000.00', paymentRequestId: '202611210001' } },
    { at: ago(1), kind: 'journal', title: 'journal.posted', facts: { entries: [{ account: 'clearing', debit: '150000.00' }, { account: 'merchant', credit: '150000.00' }] } },
    { at: ago(1), kind: 'event', title: 'payment.paid', facts: {} },
  ],
}

const policy = (number, more) => ({
  id: id(number),
  name: 'Sign-in by address',
  method: 'POST',
  path: '/api/auth/login',
  match: 'exact',
  scope: 'ip',
  limit: 10,
  windowSeconds: 60,
  burst: null,
  mode: 'enforce',
  enabled: true,
  kind: 'rate',
  cost: 1,
  leased: null,
  createdAt: ago(500),
  updatedAt: ago(5),
  ...more,
})

export const limits = {
  items: [
    policy(401, {}),
    policy(402, { name: 'Everything by user', method: '*', path: '/api/', match: 'prefix', scope: 'user', limit: 600, burst: 60 }),
    policy(403, { name: 'Payments watch', path: '/api/payment/payments', scope: 'user', mode: 'shadow' }),
    policy(404, { name: 'Old rule', enabled: false }),
    policy(405, { name: 'Exports at once', method: 'POST', path: '/api/auth/account/export', scope: 'user', kind: 'concurrency', limit: 2, windowSeconds: 60 }),
    policy(406, { name: 'Reports', path: '/api/payment/reports', limit: 100, cost: 10 }),
  ],
}

const node = { url: 'http://127.0.0.1:9145', isReachable: true, policiesVersion: 12, refusedSets: 0, workersWithoutRedis: 0 }

export const limitCounters = {
  readAt: ago(0),
  version: 12,
  items: limits.items.map(({ id: policyId, name }, index) => ({
    policyId,
    name,
    allowed: [48_211, 1_204_877, 902, 0, 31, 12][index],
    limited: [312, 41, 0, 0, 2, 0][index],
    shadowLimited: [0, 0, 77, 0, 0, 0][index],
  })),
  penaltyRefusals: 4_180,
  nodes: [node, { ...node, url: 'http://gateway-in-another-hall.example.com:9145', isReachable: false, policiesVersion: null }],
}

const entry = (number, more) => ({
  id: id(number),
  verdict: 'deny',
  network: '203.0.113.0/24',
  name: 'Night scans',
  reason: 'Tries every path there is, each night at two',
  endsAt: ahead(300),
  createdAt: ago(20),
  updatedAt: ago(20),
  ...more,
})

export const addressEntries = {
  items: [
    entry(421),
    entry(422, { verdict: 'allow', network: '2001:db8:85a3:8d3:1319:8a2e:370:7348/128', name: 'Monitoring', reason: 'Our own probes from outside', endsAt: null }),
  ],
  nextCursor: null,
}

export const penaltyBox = { enabled: true, refusals: 50, withinSeconds: 60, penaltySeconds: 300, updatedAt: ago(40) }

export const simulation = {
  admitted: 10,
  refused: 50,
  items: [
    { policyId: id(401), name: 'Sign-in by address', mode: 'enforce', firstRefusedAtSeconds: 10, refused: 50, admitted: 10 },
    { policyId: id(403), name: 'Payments watch', mode: 'shadow', firstRefusedAtSeconds: null, refused: 0, admitted: 60 },
  ],
}

export const replay = {
  total: 48_302,
  refused: 1_207,
  refusedThen: 353,
  isCutOff: true,
  firstAt: ago(24),
  lastAt: ago(0.1),
  byPolicy: [
    { policyId: id(401), name: 'Sign-in by address', mode: 'enforce', refused: 1_207 },
    { policyId: id(403), name: 'Payments watch', mode: 'shadow', refused: 77 },
  ],
}

export const settings = {
  items: [
    {
      key: 'cors.allowedOrigins',
      description: 'Origins of other sites whose pages may call both servers with credentials',
      value: ['https://shop.example.com'],
      defaultValue: [],
      valueSchema: { type: 'array', items: { type: 'string' } },
      updatedAt: ago(5),
      updatedBy: id(2),
    },
    {
      key: 'auth.passwordMinLength',
      description: 'Shortest password a person may choose, in characters',
      value: 15,
      defaultValue: 15,
      valueSchema: { type: 'integer', minimum: 8, maximum: 64 },
      updatedAt: null,
      updatedBy: null,
    },
  ],
}

export const settingHistory = {
  items: [{ id: id(501), oldValue: [], newValue: ['https://shop.example.com'], changedAt: ago(5), changedBy: id(2) }],
  nextCursor: null,
}

export const auditEvents = {
  items: Array.from({ length: 5 }, (_, index) => ({
    id: id(600 + index),
    chain: 'admin',
    seq: 40 - index,
    occurredAt: ago(index),
    actorKind: 'administrator',
    actorId: id(2),
    actingFor: null,
    action: ['setting.changed', 'rateLimit.updated', 'user.suspended', 'auth.signedIn', 'rateLimit.created'][index],
    targetKind: 'setting',
    targetId: 'cors.allowedOrigins',
    before: { value: [] },
    after: { value: ['https://shop.example.com'] },
    requestId: id(700),
    clientAddress: '203.0.113.24',
    hash: 'a3f1'.repeat(16),
  })),
  nextCursor: null,
}

export const verification = {
  intact: true,
  verifiedAt: ago(0),
  chains: [
    { chain: 'admin', events: 40, firstBadSeq: null, headHash: 'a3f1'.repeat(16) },
    { chain: 'auth', events: 1204, firstBadSeq: null, headHash: 'b3f1'.repeat(16) },
    { chain: 'payment', events: 318, firstBadSeq: null, headHash: 'c3f1'.repeat(16) },
  ],
}

export const overview = {
  at: ago(0),
  users: { byStatus: { active: 1284, pendingVerification: 37, suspended: 4 }, newToday: 12, liveSessions: 214 },
  payments: {
    byStatus: { paid: 318, awaitingPayment: 22, expired: 41, cancelled: 6, unknown: 1 },
    openExceptions: 0,
    receivedByDay: Array.from({ length: 12 }, (_, index) => ({
      day: ago(24 * (12 - index)).slice(0, 10),
      receipts: 8 + ((index * 5) % 11),
      received: idr(`${1_200_000 + ((index * 917_000) % 4_000_000)}.00`),
    })),
  },
  outbox: { waiting: 0, dead: 0 },
}

// a real QR symbol is not needed to see where it stands
export const enrollment = {
  secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  otpauthUri: 'otpauth://totp/K:admin@example.com?secret=JBSWY3DPEHPK3PXP',
  qrSvg: '<svg xmlns="http://www.w3.org/2000/svg" width="29" height="29" class="segno"><path transform="translate(0 .5)" class="qrline" stroke="#000" d="M4 4h7m2 0h4m1 0h7M4 5h1m5 0h1m4 0h1m2 0h1m5 0h1M4 6h1m1 0h3m1 0h1m1 0h1m1 0h2m2 0h1m1 0h3m1 0h1M4 7h1m1 0h3m1 0h1m3 0h3m1 0h1m1 0h3m1 0h1M4 8h1m1 0h3m1 0h1m2 0h2m3 0h1m1 0h3m1 0h1M4 9h1m5 0h1m1 0h3m3 0h1m5 0h1M4 10h7m1 0h1m1 0h1m1 0h1m1 0h7M12 11h2m2 0h1M6 12h3m1 0h4m4 0h2m2 0h3M4 14h2m2 0h5m3 0h5m1 0h2M4 18h7m3 0h2m1 0h1m2 0h4M4 24h7m2 0h3m4 0h5"/></svg>',
}
