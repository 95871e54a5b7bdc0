import { readFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'

const ROOT = new URL('../../../', import.meta.url)

const client = (app, document) => ({
  app,
  document: new URL(`shared/frontend/openapi/${document}`, ROOT),
  types: new URL(`${app}/frontend/src/api/schema.gen.ts`, ROOT),
})

/** Which server each frontend talks to, and where its types are. */
export const CLIENTS = [client('KAuthApp', 'public.json'), client('KSysPayment', 'public.json'), client('KSysAdmin', 'admin.json')]

/** The TypeScript types of one OpenAPI document, as they are committed. */
export async function renderTypes({ document }) {
  const ast = await openapiTS(JSON.parse(readFileSync(document, 'utf8')), { defaultNonNullable: false, alphabetize: true })
  return `// Written by scripts/generateClients from ${document.pathname.split('/').slice(-1)[0]}: change the server, not this file.\n\n${astToString(ast)}`
}
