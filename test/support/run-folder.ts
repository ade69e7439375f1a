import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

/** What suites of one run give each other; its worker threads are one process. */
export const RUN_FOLDER = join(tmpdir(), `kubectl-pkg-run-${process.pid}`)

/** Makes the folder, which each watched change of the sources empties. */
export function setup(project: TestProject): void {
  mkdirSync(RUN_FOLDER, { recursive: true })
  project.onTestsRerun(() => {
    teardown()
    mkdirSync(RUN_FOLDER)
    return Promise.resolve()
  })
}

/** Removes the folder, also when another project has. */
export function teardown(): void {
  rmSync(RUN_FOLDER, { recursive: true, force: true })
}
