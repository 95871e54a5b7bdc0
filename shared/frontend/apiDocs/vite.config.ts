import { defineConfig } from 'vite'

// Swagger UI as it ships, in files of its own: nothing inline, so the page runs under the gateway's strict policy.
export default defineConfig({
  base: '/api/docs/',
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    reportCompressedSize: false,
  },
})
