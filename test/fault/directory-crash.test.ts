import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { constantFrom, sample, tuple } from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LOCK_TIMES } from '../../src/apply/lock.ts'
import type { Files } from '../../src/base/files.ts'
import { killedFiles, Killed, type FaultPoint, type RecordedStep } from '../support/fault-fs.ts'
import { connectTo, recordLines, treeOf } from '../support/target.ts'
import { charts, VERBS, type Run } from '../support/verbs.ts'
import { memoryFolder } from '../support/memory-folder.ts'

/*
 * A run is killed before or after every step that changes the disk; then the same command
 * runs again. The target must end as after a run that nobody disturbed.
 */

// The shipped heartbeat is too slow to be one of the counted steps.
const SHIPPED = LOCK_TIMES

let root: string
let count = 0
beforeAll(() => {
  root = memoryFolder('kubectl-pkg-crash-')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

function newFolder(from?: string): string {
  const path = join(root, String(count++))
  mkdirSync(path)
  if (from !== undefined) cpSync(from, path, { recursive: true, preserveTimestamps: true })
  return path
}

function connect(path: string, files?: Files) {
  return connectTo({
    path,
    charts,
    isKnownDead: true,
    times: SHIPPED,
    ...(files !== undefined && { files }),
  })
}

async function prepared(before: Run[]): Promise<string> {
  const path = newFolder()
  for (const run of before) await run(connect(path))
  return path
}

/** What a target holds, in one text: manifests byte for byte, records without times and run. */
function stateOf(path: string): string {
  const files = treeOf(path)
    .filter((file) => !file.path.startsWith('.kubectl-pkg/releases/'))
    .map(({ mode, path: name, text }) => `${mode} ${name} ${text}`)
  return [...files, ...recordLines(path)].join('\n')
}

interface Kill {
  run: Run
  base: string
  /** What an undisturbed run leaves. */
  wanted: string
}

/** Kills one run, repeats the command, and says what is wrong then; empty when nothing is. */
async function killAndRepeat({ run, base, wanted }: Kill, points: FaultPoint[]): Promise<string> {
  const path = newFolder(base)
  let isOver = false
  for (const point of points) {
    const { files, steps } = killedFiles(point)
    const end = await run(connect(path, files)).then(
      () => 'was not killed',
      (error: unknown) => (error instanceof Killed ? '' : `died of ${String(error)}`),
    )
    // A later kill may find nothing left to do.
    if (end !== '' && point === points[0]) return end
    isOver = isReleased(steps, point)
    if (isOver) break
  }
  // Once the lock is given back the work is done; only its exit was missing.
  if (!isOver) await run(connect(path))
  const state = stateOf(path)
  rmSync(path, { recursive: true, force: true })
  return state === wanted ? '' : state
}

function isReleased(steps: readonly RecordedStep[], { when }: FaultPoint): boolean {
  const done = when === 'after' ? steps : steps.slice(0, -1)
  return done.some(({ step, path }) => step === 'unlink' && path.endsWith('/web.lock'))
}

async function record({ before, run }: { before: Run[]; run: Run }) {
  const base = await prepared(before)
  const undisturbed = newFolder(base)
  const { files, steps } = killedFiles(undefined)
  await run(connect(undisturbed, files))
  const kill: Kill = { run, base, wanted: stateOf(undisturbed) }
  return { kill, steps }
}

function pointsOf(steps: readonly RecordedStep[]): FaultPoint[] {
  return [...steps.keys()].flatMap((at): FaultPoint[] => [
    { at: at + 1, when: 'before' },
    { at: at + 1, when: 'after' },
  ])
}

async function failuresOf(kill: Kill, deaths: readonly FaultPoint[][]): Promise<string[]> {
  const failures: string[] = []
  for (const points of deaths) {
    const failure = await killAndRepeat(kill, points).catch(String)
    if (failure !== '')
      failures.push(`${points.map(({ at, when }) => `${when} ${at}`).join()}: ${failure}`)
  }
  return failures
}

test.each(VERBS)(
  '$verb, killed anywhere, is finished by the same command',
  async (row) => {
    const { kill, steps } = await record(row)

    expect(steps.length).toBeGreaterThan(20)
    expect(
      await failuresOf(
        kill,
        pointsOf(steps).map((point) => [point]),
      ),
    ).toEqual([])
  },
  180_000,
)

test.each(VERBS)(
  '$verb, killed twice in a row, is finished by the third run',
  async (row) => {
    const { kill, steps } = await record(row)
    const points = constantFrom(...pointsOf(steps))
    const deaths = sample(tuple(points, points), { numRuns: 20, seed: 7 })

    expect(await failuresOf(kill, deaths)).toEqual([])
  },
  180_000,
)
