import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LOCK_TIMES } from '../../src/apply/lock.ts'
import { openFiles, type Files } from '../../src/base/files.ts'
import { powerLoss } from '../support/power-loss.ts'
import { connectTo, recordLines, treeOf } from '../support/target.ts'
import { charts, VERBS, type Run } from '../support/verbs.ts'
import { memoryFolder } from '../support/memory-folder.ts'

/*
 * The power goes after a step. Each time the disk is set up as it may be then, and the same
 * command runs on it; the target must end as after a run that nobody disturbed.
 */

/** The matrix of kills visits every step; some are enough here. */
const EVERY = 4

let root: string
let count = 0
beforeAll(() => {
  root = memoryFolder('kubectl-pkg-power-')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

function newFolder(from?: string): string {
  const path = join(root, String(count++))
  mkdirSync(path)
  if (from !== undefined) cpSync(from, path, { recursive: true })
  return path
}

const connect = (path: string, files: Files = openFiles()) =>
  connectTo({ path, charts, files, isKnownDead: true, times: LOCK_TIMES })

function stateOf(path: string): string {
  const files = treeOf(path)
    .filter((file) => !file.path.startsWith('.kubectl-pkg/releases/'))
    .map(({ mode, path: name, text }) => `${mode} ${name} ${text}`)
  return [...files, ...recordLines(path)].join('\n')
}

/** Which of the changes that were not synced are there, and whether data is. */
const DISKS = [
  { disk: 'nothing that was not synced', kept: () => 0, keepsData: false },
  { disk: 'every name but no data that was not synced', kept: () => 1, keepsData: false },
  { disk: 'some names, and the data', kept: alternating(), keepsData: true },
]

function alternating(): () => number {
  let turn = 0
  return () => (turn++ % 2 === 0 ? 0.5 : 1)
}

interface Crash {
  path: string
  label: string
}

/** Runs once, and sets a disk up for the points and kinds of loss. */
async function crashesOf(run: Run, base: string): Promise<Crash[]> {
  const path = newFolder(base)
  const crashes: Crash[] = []
  const { files } = powerLoss(path, (disk) => {
    if (disk.steps.length % EVERY !== 0) return
    for (const { disk: kind, kept, keepsData } of DISKS) {
      const target = newFolder()
      disk.write(target, kept, keepsData)
      const label = `${kind} after ${disk.steps.length} (${disk.steps.at(-1)})`
      crashes.push({ path: target, label })
    }
  })
  await run(connect(path, files))
  return crashes
}

/** Once the lock is given back the work is done; only the exit was missing. */
function isOver(path: string, wanted: string): boolean {
  const locks = treeOf(path).filter((file) => /\.(lock|left)$/.test(file.path))
  return locks.length === 0 && stateOf(path) === wanted
}

test.each(VERBS)(
  '$verb, when the power goes, is finished by the same command',
  async ({ before, run }) => {
    const base = newFolder()
    for (const each of before) await each(connect(base))
    const undisturbed = newFolder(base)
    await run(connect(undisturbed))
    const wanted = stateOf(undisturbed)

    const wrong: string[] = []
    for (const { path, label } of await crashesOf(run, base)) {
      if (!isOver(path, wanted)) {
        await run(connect(path)).catch((error: unknown) => wrong.push(`${label}: ${String(error)}`))
      }
      if (stateOf(path) !== wanted) wrong.push(`${label}: ${stateOf(path)}`)
      rmSync(path, { recursive: true, force: true })
    }
    expect(wrong).toEqual([])
  },
  180_000,
)
