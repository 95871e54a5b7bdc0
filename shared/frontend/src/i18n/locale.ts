export const LOCALES = ['en', 'id'] as const
export type Locale = (typeof LOCALES)[number]

export const LOCALE_NAMES: Record<Locale, string> = { en: 'English', id: 'Bahasa Indonesia' }

const STORED_UNDER = 'k.locale'

export function isLocale(value: unknown): value is Locale {
  return LOCALES.some((locale) => locale === value)
}

/** What the reader chose here before, else the first language of the browser that we speak, else English. */
export function initialLocale(): Locale {
  return storedLocale() ?? browserLocale()
}

export function storedLocale(): Locale | null {
  try {
    const stored = localStorage.getItem(STORED_UNDER)
    return isLocale(stored) ? stored : null
  } catch {
    return null
  }
}

export function storeLocale(locale: Locale): void {
  try {
    localStorage.setItem(STORED_UNDER, locale)
  } catch {
    // private windows may refuse; the choice then lasts for the page
  }
}

function browserLocale(): Locale {
  const languages = navigator.languages.map((tag) => tag.toLowerCase().split('-')[0])
  // `in` is the code Indonesian had before 1989; some systems still send it
  return languages.map((language) => (language === 'in' ? 'id' : language)).find(isLocale) ?? 'en'
}
