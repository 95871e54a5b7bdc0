import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type UserConfig } from 'vite'
import { initialBudget } from './initialBudget'

/**
 * The one Vite configuration of the three apps. What it emits runs under a policy without `unsafe-inline` and without
 * `data:`: every asset is a hashed file of its own, nothing is put into the page's HTML.
 * `initialScriptKb` is what the first page may weigh.
 */
export function appConfig(basePath: '/auth/' | '/payment/' | '/admin/', { initialScriptKb }: { initialScriptKb?: number } = {}): UserConfig {
  const budget = initialScriptKb === undefined ? [] : [initialBudget(initialScriptKb)]
  return defineConfig({
    base: basePath,
    plugins: [react(), tailwindcss(), ...budget],
    build: {
      target: ['chrome123', 'firefox121', 'safari17.5'],
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      sourcemap: false,
      reportCompressedSize: false,
    },
    server: { proxy: { '/api': process.env.K_GATEWAY_URL ?? 'http://localhost:8080' } },
  })
}
