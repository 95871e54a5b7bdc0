/**
 * Where to go after signing in, when it is a place of ours: a path on this origin below one of the apps.
 * Anything else (other origins, `//host`, backslashes, schemes) is not followed.
 */
export function safeReturnPath(asked: string | undefined, allowed: readonly string[]): string | null {
  if (!asked?.startsWith('/')) return null
  if (!URL.canParse(asked, globalThis.location.origin)) return null
  const url = new URL(asked, globalThis.location.origin)
  if (url.origin !== globalThis.location.origin || /[\\\s]/.test(asked)) return null
  const isOurs = allowed.some((base) => url.pathname === base || url.pathname.startsWith(`${base}/`))
  return isOurs ? url.pathname + url.search : null
}
