import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    environment: 'happy-dom',
    include: ['{shared,KAuthApp,KSysPayment,KSysAdmin}/frontend/src/**/*.test.{ts,tsx}'],
    setupFiles: ['shared/frontend/src/test/setup.ts'],
    restoreMocks: true,
    env: { TZ: 'Asia/Jakarta' },
  },
})
