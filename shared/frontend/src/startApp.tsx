import { QueryClientProvider, type QueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Catalog } from './i18n/i18n'
import { mountApp } from './mountApp'

/** Puts an app on the page. */
export function startApp({ catalog, queryClient, app }: { catalog: Catalog<string>; queryClient: QueryClient; app: ReactNode }): void {
  mountApp({ catalog, app: <QueryClientProvider client={queryClient}>{app}</QueryClientProvider> })
}
