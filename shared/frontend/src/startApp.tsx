import { QueryClientProvider, type QueryClient } from '@tanstack/react-query'
import { StrictMode, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { ToastProvider } from './components/toast'
import { I18nProvider, type Catalog } from './i18n/i18n'
import { applyStoredTheme } from './lib/theme'

/** Puts an app on the page. */
export function startApp(options: { catalog: Catalog<string>; queryClient: QueryClient; app: ReactNode }): void {
  applyStoredTheme()
  const root = document.getElementById('root')
  if (root === null) throw new Error('the page has no #root')
  createRoot(root).render(
    <StrictMode>
      <I18nProvider catalog={options.catalog}>
        <QueryClientProvider client={options.queryClient}>
          <ToastProvider>{options.app}</ToastProvider>
        </QueryClientProvider>
      </I18nProvider>
    </StrictMode>,
  )
}
