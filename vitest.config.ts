import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'
import { canHavePrograms } from './test/controlplane/programs.mjs'
import { Interleaved } from './test/support/interleaved.ts'
import { hasNodes } from './test/nodes/releases.mjs'
import { canHaveTools } from './test/tools/families.mjs'

/** Suites that change the working folder, which a thread cannot. */
const inProcesses = ['test/golden/cli.test.ts']

/** Suites of single modules, which keep nothing and so can share a worker's modules. */
const units = ['test/unit/**/*.test.ts']

/** Suites of add-ons, which share modules too, and let all renders of a worker share a few keys. */
const addOns = ['test/golden/charts*.test.ts']

/** Suites that need a real control plane. */
const controlPlane = ['test/controlplane/**/*.test.ts']

/** CI runs them or fails; elsewhere they are left out where no control plane can be had. */
const leftOut =
  process.env['CI'] !== 'true' &&
  process.env['KUBECTL_PKG_CONTROLPLANE'] === undefined &&
  !canHavePrograms()

/** Suites that need programs which check what add-ons render. */
const tools = ['test/tools/**/*.test.ts']

/** As above; one of them works in a control plane. */
const toolsLeftOut = process.env['CI'] !== 'true' && !(canHaveTools() && canHavePrograms())

/** Suites that run the built program on other releases of Node; they are got on purpose alone. */
const nodes = ['test/nodes/**/*.test.ts']
const nodesLeftOut = process.env['CI'] !== 'true' && !hasNodes()

const NO_PROGRAMS = 'what they need is not here, and there is no Go to build it with'
const NO_NODES = 'the releases of Node are not here; "npm run nodes" gets them'

/** Suites that are left out, and why. */
const missing = [
  ...(leftOut ? controlPlane.map((suites) => ({ suites, why: NO_PROGRAMS })) : []),
  ...(toolsLeftOut ? tools.map((suites) => ({ suites, why: NO_PROGRAMS })) : []),
  ...(nodesLeftOut ? nodes.map((suites) => ({ suites, why: NO_NODES })) : []),
]

export default defineConfig({
  resolve: {
    alias: { 'kubectl-pkg/plugin': new URL('src/plugin.ts', import.meta.url).pathname },
  },
  test: {
    setupFiles: ['test/support/setup.ts'],
    reporters: ['default', ['./test/support/count-reporter.ts', { leftOut: missing }]],
    // @oclif/test's captureOutput reads the process's own streams.
    disableConsoleIntercept: true,
    // They end what hangs, and decide nothing: a machine that is busy may be ten times slower.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
    // Files that work and files that wait for a control plane run beside each other, and some of
    // these wait for a minute.
    maxWorkers: Math.min(2 * availableParallelism() + 1, 8),
    sequence: { sequencer: Interleaved },
    projects: [
      {
        extends: true,
        test: {
          name: 'threads',
          include: ['test/**/*.test.ts', 'plugins/*/test/**/*.test.ts'],
          exclude: [
            ...configDefaults.exclude,
            ...[...units, ...addOns, ...inProcesses, ...controlPlane, ...tools, ...nodes],
          ],
          pool: 'threads',
        },
      },
      {
        extends: true,
        test: {
          name: 'add-ons',
          include: addOns,
          globalSetup: ['test/support/run-folder.ts'],
          isolate: false,
          pool: 'threads',
        },
      },
      { extends: true, test: { name: 'units', include: units, isolate: false, pool: 'threads' } },
      { extends: true, test: { name: 'processes', include: inProcesses, pool: 'forks' } },
      {
        extends: true,
        test: { name: 'nodes', include: nodesLeftOut ? [] : nodes, pool: 'threads' },
      },
      {
        extends: true,
        test: {
          name: 'tools',
          include: toolsLeftOut ? [] : tools,
          globalSetup: ['test/support/run-folder.ts', 'test/tools/setup.ts'],
          pool: 'threads',
        },
      },
      {
        extends: true,
        test: {
          name: 'controlplane',
          include: leftOut ? [] : controlPlane,
          globalSetup: ['test/support/run-folder.ts', 'test/controlplane/setup.ts'],
          // Suites share one cluster, and a simulated node writes a pod's status by its name alone,
          // also when another pod has it by now. What needs its second try says so in the output.
          retry: 1,
          pool: 'threads',
        },
      },
    ],
  },
})
