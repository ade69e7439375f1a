import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    alias: { 'kubectl-pkg/plugin': new URL('src/plugin.ts', import.meta.url).pathname },
  },
  test: {
    include: ['test/**/*.test.ts', 'plugins/*/test/**/*.test.ts'],
    setupFiles: ['test/support/setup.ts'],
    reporters: ['default', './test/support/count-reporter.ts'],
    // @oclif/test's captureOutput reads the process's own streams.
    disableConsoleIntercept: true,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    pool: 'threads',
  },
})
