import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react'
import { initialLocale, isLocale, storedLocale, storeLocale, type Locale } from './locale'
import { kitText, type KitKey } from './kitText'

export type Messages<Key extends string> = Record<Key, string>
export type Catalog<Key extends string> = Record<Locale, Messages<Key>>
export type Translate<Key extends string> = (key: Key, values?: Record<string, string | number>) => string

interface I18n {
  locale: Locale
  /** Chosen by the reader: kept on this device. */
  chooseLocale: (locale: Locale) => void
  /** From the profile: counts until the reader chooses otherwise on this device. */
  followProfile: (locale: string) => void
  messages: Readonly<Record<string, string>>
}

const I18nContext = createContext<I18n | null>(null)

export function I18nProvider(props: { catalog: Catalog<string>; locale?: Locale; children: ReactNode }) {
  const { catalog } = props
  const [locale, setLocale] = useState<Locale>(() => props.locale ?? initialLocale())

  useEffect(() => {
    document.documentElement.lang = locale
  }, [locale])

  const chooseLocale = useCallback((chosen: Locale) => {
    storeLocale(chosen)
    setLocale(chosen)
  }, [])

  const followProfile = useCallback((profileLocale: string) => {
    if (isLocale(profileLocale) && storedLocale() === null) setLocale(profileLocale)
  }, [])

  const value = useMemo(
    () => ({ locale, chooseLocale, followProfile, messages: { ...kitText[locale], ...catalog[locale] } }),
    [locale, chooseLocale, followProfile, catalog],
  )
  return <I18nContext value={value}>{props.children}</I18nContext>
}

/** Adds the texts of a part of an app that is loaded later than the rest. */
export function MoreText({ catalog, children }: { catalog: Catalog<string>; children: ReactNode }) {
  const i18n = useI18n()
  const value = useMemo(() => ({ ...i18n, messages: { ...i18n.messages, ...catalog[i18n.locale] } }), [i18n, catalog])
  return <I18nContext value={value}>{children}</I18nContext>
}

export function useI18n(): I18n {
  const context = use(I18nContext)
  if (context === null) throw new Error('I18nProvider is missing')
  return context
}

/** The texts of an app: `export const useText = createUseText<keyof typeof en>()`. */
export function createUseText<Key extends string>(): () => Translate<Key | KitKey> {
  return function useText() {
    const { messages } = useI18n()
    return useCallback(
      (key: Key | KitKey, values?: Record<string, string | number>) => fill(messages[key] ?? key, values),
      [messages],
    )
  }
}

export const useKitText = createUseText<KitKey>()

/** The texts of a part of the kit, which only the pages that use it load. */
export function createPartText<Key extends string>(catalog: Catalog<Key>): () => Translate<Key> {
  return function usePartText() {
    const { locale } = useI18n()
    return useCallback((key: Key, values?: Record<string, string | number>) => fill(catalog[locale][key], values), [locale])
  }
}

/** The sentence for a code that only the server knows, when the dictionary has one. */
export function useOptionalText(): (key: string, values?: Record<string, string | number>) => string | undefined {
  const { messages } = useI18n()
  return useCallback(
    (key: string, values?: Record<string, string | number>) => {
      const message = messages[key]
      return message === undefined ? undefined : fill(message, values)
    },
    [messages],
  )
}

function fill(message: string, values: Record<string, string | number> | undefined): string {
  if (values === undefined) return message
  return message.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(values[name] ?? placeholder))
}
