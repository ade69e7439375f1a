import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordLines, treeOf } from '../support/target.ts'
import { memoryFolder } from '../support/memory-folder.ts'

/** Real processes and a real SIGKILL, at some of the points that the other matrix visits all. */
const EVERY = 7

let root: string
let driver: string
beforeAll(async () => {
  root = memoryFolder('kubectl-pkg-sigkill-')
  driver = join(root, 'driver.mjs')
  const bundle = await rolldown({
    input: join(import.meta.dirname, '../support/kill-driver.ts'),
    platform: 'node',
    logLevel: 'silent',
  })
  await bundle.write({ file: driver, format: 'esm', codeSplitting: false })
  await bundle.close()
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

function run(path: string, verb: string, at = 0) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [
    driver,
    path,
    verb,
    String(at),
  ])
  return { status, signal, steps: Number(stdout.toString()), problem: stderr.toString() }
}

function stateOf(path: string): string {
  const others = treeOf(path).filter((file) => !file.path.includes('/releases/'))
  return JSON.stringify([others, recordLines(path)])
}

test.each([
  { verb: 'install', before: [] },
  { verb: 'upgrade', before: ['install'] },
  { verb: 'rollback', before: ['install', 'upgrade'] },
  { verb: 'uninstall', before: ['install', 'upgrade'] },
])(
  'a process killed during $verb leaves what the same command finishes at once',
  ({ verb, before }) => {
    const base = join(root, verb)
    mkdirSync(base)
    for (const earlier of before) expect(run(base, earlier)).toMatchObject({ status: 0 })
    const undisturbed = `${base}-undisturbed`
    cpSync(base, undisturbed, { recursive: true })
    const { steps } = run(undisturbed, verb)
    expect(steps).toBeGreaterThan(20)

    for (let at = 1; at < steps; at += EVERY) {
      const path = `${base}-${at}`
      cpSync(base, path, { recursive: true })
      expect({ at, signal: run(path, verb, at).signal }).toEqual({ at, signal: 'SIGKILL' })
      expect(run(path, verb)).toMatchObject({ status: 0, problem: '' })
      expect({ at, state: stateOf(path) }).toEqual({ at, state: stateOf(undisturbed) })
    }
  },
  180_000,
)
