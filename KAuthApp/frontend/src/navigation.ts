import { useSearchParams } from 'wouter'

/** A path of this app with what is there of `values` as its search: `/verify?email=sari%40example.com`. */
export function pathWith(path: string, values: Record<string, string | null | undefined>): string {
  const present = Object.entries(values).flatMap(([name, value]) => (value ? [[name, value]] : []))
  return present.length === 0 ? path : `${path}?${new URLSearchParams(present).toString()}`
}

/** The named search parameters that are there. */
export function useSearchText<Name extends string>(...names: Name[]): Partial<Record<Name, string>> {
  const [search] = useSearchParams()
  const present = names.flatMap((name) => {
    const value = search.get(name)
    return value ? [[name, value]] : []
  })
  return Object.fromEntries(present) as Partial<Record<Name, string>>
}
