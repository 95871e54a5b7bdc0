/** The named search parameters that are there, as text. The router parses `?page=2` to a number; here it is text again. */
export function textParams<Name extends string>(search: Record<string, unknown>, ...names: Name[]): Partial<Record<Name, string>> {
  const present = names.flatMap((name) => {
    const value = search[name]
    return typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : []
  })
  return Object.fromEntries(present) as Partial<Record<Name, string>>
}
