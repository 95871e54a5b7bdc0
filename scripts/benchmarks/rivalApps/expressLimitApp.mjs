// express-rate-limit with rate-limit-redis as their documentation sets them up: one connection of node-redis a process, node:cluster
// with as many processes as asked for, NODE_ENV=production. `/free` is the same route without a limit.
import cluster from 'node:cluster'
import express from 'express'
import { rateLimit } from 'express-rate-limit'
import { RedisStore } from 'rate-limit-redis'
import { createClient } from 'redis'

const { PORT, PROCESSES, REDIS_URL } = process.env
const day = 24 * 60 * 60 * 1000
const answer = (_, response) => response.json({ id: '0192', status: 'paid', amount: '150000.00' })

if (cluster.isPrimary) {
  for (let started = 0; started < Number(PROCESSES); started += 1) cluster.fork()
} else {
  const client = createClient({ url: REDIS_URL })
  await client.connect()
  const limit = (most, prefix) =>
    rateLimit({
      windowMs: day,
      limit: most,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      store: new RedisStore({ prefix, sendCommand: (...words) => client.sendCommand(words) }),
    })
  const app = express()
  app.get('/free', answer)
  app.get('/limited', limit(1_000_000_000, 'plenty:'), answer)
  app.get('/refused', limit(1, 'nothing:'), answer)
  app.listen(Number(PORT), '127.0.0.1')
}
