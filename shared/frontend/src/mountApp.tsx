import { StrictMode, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { ToastProvider } from './components/toast'
import { I18nProvider, type Catalog } from './i18n/i18n'
import { applyStoredTheme } from './lib/theme'

/** Puts pages that keep no copies of the server's answers on the page; `startApp` is for those that do. */
export function mountApp(options: { catalog: Catalog<string>; app: ReactNode }): void {
  applyStoredTheme()
  const root = document.getElementById('root')
  if (root === null) throw new Error('the page has no #root')
  createRoot(root).render(
    <StrictMode>
      <I18nProvider catalog={options.catalog}>
        <ToastProvider>{options.app}</ToastProvider>
      </I18nProvider>
    </StrictMode>,
  )
}
