/** Whether this browser, on this origin, knows passkeys at all. */
export function knowsPasskeys(): boolean {
  return typeof globalThis.PublicKeyCredential === 'function'
}

/** The part that talks to authenticators: loaded when it is first needed. */
export const loadCeremonies = () => import('./ceremonies')
