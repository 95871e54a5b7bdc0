import { useState } from 'react'
import { Languages, Monitor, Moon, Sun } from 'lucide-react'
import { useI18n, useKitText } from '../i18n/i18n'
import { LOCALE_NAMES, LOCALES } from '../i18n/locale'
import { applyTheme, storedTheme, THEMES, type Theme } from '../lib/theme'
import { Button } from './button'

const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon }

/** Language and appearance, for pages without an account menu. */
export function Preferences() {
  return (
    <div className="flex items-center gap-1">
      <LanguageButton />
      <ThemeButton />
    </div>
  )
}

function LanguageButton() {
  const text = useKitText()
  const { locale, chooseLocale } = useI18n()
  const other = LOCALES.find((candidate) => candidate !== locale) ?? locale
  return (
    <Button variant="plain" size="sm" lang={other} title={text('kit.language')} onClick={() => chooseLocale(other)}>
      <Languages aria-hidden="true" className="size-4" />
      {LOCALE_NAMES[other]}
    </Button>
  )
}

function ThemeButton() {
  const text = useKitText()
  const [theme, setTheme] = useState<Theme>(storedTheme)
  const Icon = THEME_ICONS[theme]
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system'
  const label = `${text('kit.theme')}: ${text(`kit.theme.${theme}`)}`

  function change(): void {
    applyTheme(next)
    setTheme(next)
  }

  return (
    <Button variant="plain" size="icon" aria-label={label} title={label} onClick={change}>
      <Icon aria-hidden="true" className="size-4.5" />
    </Button>
  )
}
