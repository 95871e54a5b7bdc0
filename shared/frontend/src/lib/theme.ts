export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const STORED_UNDER = 'k.theme'

export function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(STORED_UNDER)
    return THEMES.find((theme) => theme === stored) ?? 'system'
  } catch {
    return 'system'
  }
}

/** Shows the page in this theme from now on; `system` follows the device. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  try {
    localStorage.setItem(STORED_UNDER, theme)
  } catch {
    // private windows may refuse; the choice then lasts for the page
  }
}

/** Called once before the first paint. */
export function applyStoredTheme(): void {
  const theme = storedTheme()
  if (theme !== 'system') document.documentElement.dataset.theme = theme
}
