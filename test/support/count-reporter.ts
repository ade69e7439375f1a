import type { TestModule } from 'vitest/node'

interface LeftOut {
  suites: string
  why: string
}

/**
 * Ends a run's output with what was left out, what failed at first, and the one line that a CI log
 * is read for.
 */
export default class CountReporter {
  private readonly leftOut: readonly LeftOut[]

  constructor({ leftOut }: { leftOut: readonly LeftOut[] }) {
    this.leftOut = leftOut
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const again: string[] = []
    const count = { passed: 0, failed: 0, skipped: 0 }
    for (const module of modules) {
      if (module.state() === 'failed' && [...module.children.allTests()].length === 0)
        count.failed++
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state !== 'pending') count[state]++
        if ((test.diagnostic()?.retryCount ?? 0) > 0)
          again.push(`${module.relativeModuleId}: ${test.fullName}`)
      }
    }
    const { passed, failed, skipped } = count
    for (const { suites, why } of this.leftOut)
      process.stdout.write(`\nLEFT OUT: ${suites}: ${why}\n`)
    for (const name of again) process.stdout.write(`\nSECOND TRY: ${name}\n`)
    process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`)
  }
}
