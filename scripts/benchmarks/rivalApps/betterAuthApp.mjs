// better-auth as its documentation sets it up: e-mail and password, PostgreSQL by `pg`, Argon2id of @node-rs/argon2 (native, in
// libuv's threads) by its own hook, node:cluster with as many processes as asked for, NODE_ENV=production. Its limit of requests is
// off, since one address asks for everybody here. COOKIE_CACHE=true lets it believe a signed cookie for five minutes instead of
// asking the database: quicker, and a revoked session goes on for as long.
import cluster from 'node:cluster'
import { createServer } from 'node:http'
import { hash, verify } from '@node-rs/argon2'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { toNodeHandler } from 'better-auth/node'
import pg from 'pg'

const { DATABASE_URL, APP_SECRET, PORT, PROCESSES, HASH_MEMORY_KIB, HASH_ITERATIONS, COOKIE_CACHE } = process.env
const cost = { memoryCost: Number(HASH_MEMORY_KIB), timeCost: Number(HASH_ITERATIONS), parallelism: 1 }

const auth = betterAuth({
  baseURL: `http://127.0.0.1:${PORT}`,
  secret: APP_SECRET,
  database: new pg.Pool({ connectionString: DATABASE_URL, max: 10 }),
  emailAndPassword: {
    enabled: true,
    password: { hash: (password) => hash(password, cost), verify: ({ hash: stored, password }) => verify(stored, password) },
  },
  session: { cookieCache: { enabled: COOKIE_CACHE === 'true', maxAge: 300 } },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { level: 'error' },
})

if (cluster.isPrimary) {
  const { runMigrations } = await getMigrations(auth.options)
  await runMigrations()
  for (let started = 0; started < Number(PROCESSES); started += 1) cluster.fork()
} else {
  const answer = toNodeHandler(auth)
  createServer(answer).listen(Number(PORT), '127.0.0.1')
}
