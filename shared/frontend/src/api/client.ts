import createClient, { type Client } from 'openapi-fetch'
import { createSessionFetch, type SessionFetchOptions } from './sessionFetch'

/** A typed client on the page's own origin; the session is the browser's cookie, never a value in script. */
export function createApiClient<Paths extends object>(options: SessionFetchOptions): Client<Paths> {
  return createClient<Paths>({
    baseUrl: globalThis.location.origin,
    credentials: 'same-origin',
    headers: { Accept: 'application/json' },
    // loaded anew, the page is about whoever is signed in now
    fetch: createSessionFetch({ onOtherPerson: () => globalThis.location.reload(), ...options }),
  })
}
