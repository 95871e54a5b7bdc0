// @vitest-environment node
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CLIENTS, renderTypes } from '../../build/clientTypes.mjs'

const PATIENCE_MS = 60_000

test.each(CLIENTS)('the types of $app are those of the committed OpenAPI document', async (client) => {
  expect(readFileSync(client.types, 'utf8') === (await renderTypes(client)), 'run scripts/generateClients and commit what it writes').toBe(true)
}, PATIENCE_MS)
