import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take much longer than their size tells; they begin first, so that none ends last. */
const SLOW = [
  'test/controlplane/wait.test.ts',
  'test/controlplane/kill.test.ts',
  'test/controlplane/charts-lifecycle.test.ts',
  'test/controlplane/charts.test.ts',
  'test/controlplane/platform.test.ts',
  'test/controlplane/faults.test.ts',
  'test/controlplane/rights.test.ts',
  'test/controlplane/apply.test.ts',
  'test/controlplane/interop.test.ts',
  'test/controlplane/hooks.test.ts',
  'test/controlplane/load.test.ts',
  'test/golden/charts-gates.test.ts',
  'test/security/render-process.test.ts',
  'test/golden/charts-lifecycle.test.ts',
  'test/fault/directory-crash.test.ts',
]

/** How many other files begin after each that needs a control plane. */
const BETWEEN = 2

/**
 * Lets suites that wait for a control plane most of the time run beside suites that keep a
 * processor busy. Those that share a worker's modules come last, one project after the other: a
 * worker is theirs until another project's file is next.
 */
export class Interleaved extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const place = (file: TestSpecification): number => {
      const at = SLOW.indexOf(relative(this.ctx.config.root, file.moduleId))
      return at < 0 ? SLOW.length : at
    }
    const slowFirst = sorted.toSorted((left, right) => place(left) - place(right))
    const of = (name: string) => slowFirst.filter(({ project }) => project.name === name)
    const [waiting, addOns, units] = [of('controlplane'), of('add-ons'), of('units')]
    const apart = new Set([...waiting, ...addOns, ...units])
    const working = slowFirst.filter((file) => !apart.has(file))
    const mixed = waiting.flatMap((file) => [file, ...working.splice(0, BETWEEN)])
    return [...mixed, ...working, ...addOns, ...units]
  }
}
