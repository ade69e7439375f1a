import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { history } from '../../src/actions/inspect.ts'
import { PkgError } from '../../src/base/errors.ts'
import { openFiles, type Files } from '../../src/base/files.ts'
import { builtCli, runBuilt, startBuilt } from '../support/built-cli.ts'
import { connectTo, lineOf, treeOf } from '../support/target.ts'
import { charts, release, VERBS, type Run } from '../support/verbs.ts'
import { memoryFolder } from '../support/memory-folder.ts'

/*
 * A run is told to stop at every step that changes the disk. What it was writing is finished,
 * no other object is touched, the record tells, the lock is given back, and the same command
 * does the rest.
 */

/** As the matrix of crashes visits every step, some are enough here. */
const EVERY = 3

let root: string
let count = 0
beforeAll(() => {
  root = memoryFolder('kubectl-pkg-signals-')
  builtCli()
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

function newFolder(from?: string): string {
  const path = join(root, String(count++))
  mkdirSync(path)
  if (from !== undefined) cpSync(from, path, { recursive: true, preserveTimestamps: true })
  return path
}

const connect = (path: string, files: Files = openFiles(), signal?: AbortSignal) =>
  connectTo({ path, charts, files, ...(signal !== undefined && { signal }) })

/** Files whose run is told to stop just before the step with the number. */
function stopping(at: number) {
  const interruption = new AbortController()
  const steps: { path: string; isAfter: boolean }[] = []
  const files = openFiles((_step, path, run) => {
    steps.push({ path, isAfter: interruption.signal.aborted })
    if (steps.length === at) {
      interruption.abort(new PkgError('TERMINATED', 'cancelled by SIGTERM'))
    }
    return run()
  })
  return { files, steps, signal: interruption.signal }
}

function objectsOf(path: string): string {
  const objects = treeOf(path).filter((file) => !file.path.startsWith('.kubectl-pkg'))
  return objects.map((file) => `${file.path} ${file.text}`).join('\n')
}

async function linesOf(path: string): Promise<string[]> {
  return (await history(connect(path), release).catch(() => [])).map(lineOf)
}

interface Stop {
  run: Run
  finish: Run
  base: string
  /** Objects that an undisturbed run leaves. */
  wanted: string
  /** How many revisions there are before. */
  before: number
}

/** Stops one run, repeats the command, and says what is wrong; empty when nothing is. */
async function stopAndRepeat(
  { run, finish, base, wanted, before }: Stop,
  at: number,
): Promise<string[]> {
  const path = newFolder(base)
  const { files, steps, signal } = stopping(at)
  const end = await run(connect(path, files, signal)).then(
    () => 'done',
    (error: unknown) => (error instanceof PkgError ? error.code : String(error)),
  )
  const wrong: string[] = []
  const stopped = await linesOf(path)
  const touched = new Set(
    steps
      .filter((step) => step.isAfter && /\.yaml/.test(step.path))
      .map((step) => step.path.replace(/^.*configmap-(\w+)\.yaml.*$/, '$1')),
  )
  if (touched.size > 1) wrong.push(`writes ${[...touched].join()} after the signal`)
  if (treeOf(path).some((file) => /\.(lock|left|tmp)$/.test(file.path))) wrong.push('leaves litter')
  if (stopped.some((line) => line.includes(' pending-'))) wrong.push(`stays ${stopped.join()}`)
  if (end === 'done' && objectsOf(path) !== wanted) wrong.push('claims to be done')
  if (end !== 'done' && end !== 'TERMINATED') wrong.push(`ends with ${end}`)

  // Before its record there is nothing that failed, so the command is the same.
  if (end !== 'done') await (stopped.length === before ? run : finish)(connect(path))
  if (objectsOf(path) !== wanted) wrong.push('does not converge')
  const last = await linesOf(path)
  const deployed = last.filter((line) => line.includes(' deployed:'))
  if (deployed.length > 1 || (deployed.length === 1 && deployed[0] !== last.at(-1))) {
    wrong.push(`deployed are ${deployed.join()}`)
  }
  rmSync(path, { recursive: true, force: true })
  return wrong.map((text) => `${at}: ${text}`)
}

test.each(VERBS)(
  '$verb ends in order when it is told to stop, at whatever step',
  async ({ before, run, finish = run }) => {
    const base = newFolder()
    for (const each of before) await each(connect(base))
    const undisturbed = newFolder(base)
    const { files, steps } = stopping(0)
    await run(connect(undisturbed, files))
    const stop: Stop = { run, finish, base, wanted: objectsOf(undisturbed), before: before.length }

    const wrong: string[] = []
    for (let at = 1; at <= steps.length; at += EVERY) wrong.push(...(await stopAndRepeat(stop, at)))
    expect(wrong).toEqual([])
  },
  180_000,
)

/** A chart with as many ConfigMaps as `count` says. */
function writeChart(folder: string): void {
  mkdirSync(join(folder, 'web/templates'), { recursive: true })
  writeFileSync(join(folder, 'web/Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 1.0.0\n')
  writeFileSync(join(folder, 'web/values.yaml'), 'count: 100\nvalue: 1\n')
  const object =
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c{{ . }}\ndata:\n  key: "{{ $.Values.value }}"\n'
  writeFileSync(
    join(folder, 'web/templates/all.yaml'),
    `{{- range until (int .Values.count) }}\n---\n${object}{{- end }}\n`,
  )
}

/** Waits for what another process does. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** Starts a command that is stopped in the midst of its writing; a signal sent then meets it there. */
async function startAndStop(args: readonly string[], cwd: string) {
  const preload = [join(import.meta.dirname, '../support/stop-at.cjs')]
  const started = startBuilt(args, { cwd, preload, env: { STOP_AT: '/default/configmap-c9.yaml' } })
  await until(() => isStopped(started.child.pid))
  return started
}

/** Whether a signal has stopped the process, as Linux tells it. */
function isStopped(pid: number | undefined): boolean {
  return /^\d+ \(.*\) T /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
}

const STATUS = ['status', 'web', '--target', 'dir:t']

test.each([
  { signal: 'SIGINT', exit: 130, code: 'INTERRUPTED' },
  { signal: 'SIGTERM', exit: 143, code: 'TERMINATED' },
] as const)('the built program ends with $exit after $signal', async ({ signal, exit, code }) => {
  const cwd = newFolder()
  writeChart(cwd)
  const install = ['install', 'web', 'web', '--target', 'dir:t']
  const { child, end } = await startAndStop(install, cwd)
  child.kill(signal)
  child.kill('SIGCONT')

  const { code: ended, stderr } = await end
  expect(ended).toBe(exit)
  expect(stderr).toMatch(
    new RegExp(`^Error: cancelled by ${signal}( before create of ConfigMap/c\\d+)?\n`),
  )
  expect(stderr).toContain(`code: ${code}`)
  expect(runBuilt(STATUS, { cwd }).stdout).toContain('STATUS: failed')
  expect(treeOf(join(cwd, 't')).filter(({ path }) => /\.(lock|left|tmp)$/.test(path))).toEqual([])

  expect(runBuilt(install, { cwd })).toMatchObject({ code: 0, stderr: '' })
  expect(runBuilt(STATUS, { cwd }).stdout).toContain('STATUS: deployed')
})

test('the second signal ends the process at once, and the next run takes over', async () => {
  const cwd = newFolder()
  writeChart(cwd)
  const install = ['install', 'web', 'web', '--target', 'dir:t']
  const { child, end } = await startAndStop(install, cwd)
  child.kill('SIGINT')
  child.kill('SIGTERM')
  child.kill('SIGCONT')

  const { code, signal } = await end
  expect([code === 130 || code === 143, signal !== null]).toContain(true)
  expect(runBuilt(install, { cwd })).toMatchObject({ code: 0 })
})

test('a signal ends a run that waits for standard input', async () => {
  const cwd = newFolder()
  const { child, end } = startBuilt(['install', 'web', '-', '--target', 'dir:t'], { cwd })
  await until(() => isReadingStdin(child.pid))
  child.kill('SIGTERM')
  expect(await end).toMatchObject({ code: null, signal: 'SIGTERM' })
})

/** Whether the process sleeps in a read of a pipe, as Linux tells it. */
function isReadingStdin(pid: number | undefined): boolean {
  return readFileSync(`/proc/${pid}/syscall`, 'latin1').startsWith('0 0x0 ')
}

test('a terminal that is closed does not stop a run', async () => {
  const cwd = newFolder()
  writeChart(cwd)
  const install = ['install', 'web', 'web', '--target', 'dir:t']
  const { child, end } = await startAndStop(install, cwd)
  child.kill('SIGHUP')
  child.kill('SIGCONT')
  expect(await end).toMatchObject({ code: 0, signal: null })
})

test('a reader that goes away does not stop a run', async () => {
  const cwd = newFolder()
  writeChart(cwd)
  expect(runBuilt(['install', 'web', 'web', '--target', 'dir:t'], { cwd }).code).toBe(0)

  const upgrade = ['upgrade', 'web', 'web', '--set', 'value=2', '--debug', '--target', 'dir:t']
  const { child, end } = startBuilt(upgrade, { cwd })
  child.stdout.destroy()
  child.stderr.destroy()
  expect(await end).toMatchObject({ code: 0, signal: null })
  expect(runBuilt(STATUS, { cwd }).stdout).toMatch(/STATUS: deployed\nREVISION: 2/)
})
