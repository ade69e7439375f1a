import { configDefaults, defineConfig } from 'vitest/config'

/** Suites that change the working folder, which a thread cannot. */
const inProcesses = ['test/golden/cli.test.ts']

export default defineConfig({
  resolve: {
    alias: { 'kubectl-pkg/plugin': new URL('src/plugin.ts', import.meta.url).pathname },
  },
  test: {
    setupFiles: ['test/support/setup.ts'],
    reporters: ['default', './test/support/count-reporter.ts'],
    // @oclif/test's captureOutput reads the process's own streams.
    disableConsoleIntercept: true,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'threads',
          include: ['test/**/*.test.ts', 'plugins/*/test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...inProcesses],
          pool: 'threads',
        },
      },
      { extends: true, test: { name: 'processes', include: inProcesses, pool: 'forks' } },
    ],
  },
})
