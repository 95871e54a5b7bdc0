import { QueryClientProvider } from '@tanstack/react-query'
import { render, type RenderResult } from '@testing-library/react'
import type { ReactNode } from 'react'
import { createQueryClient } from '../api/queryClient'
import { ToastProvider } from '../components/toast'
import { I18nProvider, type Catalog } from '../i18n/i18n'
import type { Locale } from '../i18n/locale'

interface KitOptions {
  catalog?: Catalog<string>
  locale?: Locale
}

const NO_TEXT: Catalog<string> = { en: {}, id: {} }

/** Renders as `startApp` does, in a language of the test's choice. */
export function renderKit(node: ReactNode, options: KitOptions = {}): RenderResult {
  return render(kit(node, options))
}

/** For `rerender`: the same around another node. */
export function kit(node: ReactNode, options: KitOptions = {}): ReactNode {
  return (
    <I18nProvider catalog={options.catalog ?? NO_TEXT} locale={options.locale ?? 'en'}>
      <QueryClientProvider client={createQueryClient()}>
        <ToastProvider>{node}</ToastProvider>
      </QueryClientProvider>
    </I18nProvider>
  )
}
