import { StrictMode, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { ToastProvider } from './components/toast'
import { I18nProvider, type Catalog } from './i18n/i18n'
import { applyStoredTheme } from './lib/theme'

/** Puts pages that keep no copies of the server's answers on the page; `startApp` is for those that do. */
export function mountApp(options: { catalog: Catalog<string>; app: ReactNode }): void {
  applyStoredTheme()
  forgetWhenLeft()
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

/**
 * A page that the browser keeps for its back button would show what it showed, also to whoever sits there after signing out.
 * It is put away empty, and loaded anew when somebody comes back to it.
 */
function forgetWhenLeft(): void {
  addEventListener('pagehide', (event) => {
    if (event.persisted) document.body.hidden = true
  })
  addEventListener('pageshow', (event) => {
    if (event.persisted) globalThis.location.reload()
  })
}
