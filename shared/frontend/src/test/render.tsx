import { QueryClientProvider } from '@tanstack/react-query'
import { render, type RenderResult } from '@testing-library/react'
import type { ReactNode } from 'react'
import { createQueryClient } from '../api/queryClient'
import { ToastProvider } from '../components/toast'
import { I18nProvider, type Catalog } from '../i18n/i18n'
import type { Locale } from '../i18n/locale'

/** Renders as `startApp` does, in a language of the test's choice. */
export function renderKit(node: ReactNode, options: { catalog?: Catalog<string>; locale?: Locale } = {}): RenderResult {
  return render(
    <I18nProvider catalog={options.catalog ?? { en: {}, id: {} }} locale={options.locale ?? 'en'}>
      <QueryClientProvider client={createQueryClient()}>
        <ToastProvider>{node}</ToastProvider>
      </QueryClientProvider>
    </I18nProvider>,
  )
}
