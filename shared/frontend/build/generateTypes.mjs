import { writeFileSync } from 'node:fs'
import { CLIENTS, renderTypes } from './clientTypes.mjs'

for (const client of CLIENTS) {
  writeFileSync(client.types, await renderTypes(client))
}
