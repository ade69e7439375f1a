import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export interface BuiltRun {
  cwd: string
  env?: Record<string, string>
  input?: string
  /** Another main file than that of {@link builtCli}. */
  program?: string
  /** Whether a signal can be sent to it with all that it has started. */
  isGroup?: boolean
  /** The Node that runs it; that of the tests by default. */
  node?: string
  /** Modules that Node loads first, each a path. */
  preload?: string[]
  /** How long a processor may work for it; the system ends what works longer. */
  processorSeconds?: number
}

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

const root = join(import.meta.dirname, '../..')
/** Known once it was made: telling which sources there are reads all of them. */
let program: string | undefined

/**
 * Builds the program of the sources as they are, once for all tests, and gives its main file.
 *
 * V8's code cache is left out; a run would keep one in the person's cache folder.
 */
export function builtCli(): string {
  if (program !== undefined) return program
  const folder = join(tmpdir(), 'kubectl-pkg-built', sourcesHash())
  if (!existsSync(folder)) buildOrWait(folder)
  return (program = join(folder, 'main.js'))
}

/** Runs the built program and waits for its end; its home is in `cwd`. */
export function runBuilt(args: readonly string[], run: BuiltRun): Ended {
  const program = [run.node ?? process.execPath, ...preloads(run), programOf(run), ...args]
  const { status, signal, stdout, stderr }: SpawnSyncReturns<string> = spawnSync(
    'sh',
    ['-c', `ulimit -t ${run.processorSeconds ?? 'unlimited'}; exec "$@"`, 'sh', ...program],
    { cwd: run.cwd, env: surroundings(run), input: run.input ?? '', encoding: 'utf8' },
  )
  return { code: status, signal, stdout, stderr }
}

/** Starts the built program; its streams are pipes. */
export function startBuilt(args: readonly string[], run: BuiltRun) {
  const child = spawn(run.node ?? process.execPath, [...preloads(run), programOf(run), ...args], {
    cwd: run.cwd,
    env: surroundings(run),
    detached: run.isGroup === true,
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
  const end = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return { child, end }
}

function programOf({ program }: BuiltRun): string {
  return program ?? builtCli()
}

function preloads({ preload = [] }: BuiltRun): string[] {
  return preload.flatMap((path) => ['--require', path])
}

function surroundings({ cwd, env = {} }: BuiltRun): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: cwd, TZ: 'UTC', ...env }
}

/** Suites begin together: one builds, the others wait for it rather than do the same beside it. */
function buildOrWait(folder: string): void {
  const turn = `${folder}.turn`
  mkdirSync(dirname(folder), { recursive: true })
  try {
    mkdirSync(turn)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    waitFor(folder, turn)
  }
  try {
    if (!existsSync(folder)) build(folder)
  } finally {
    rmSync(turn, { recursive: true, force: true })
  }
}

/** Waits until the one that builds is done, has failed, or was killed and so never ends. */
function waitFor(folder: string, turn: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (let left = 1200; left > 0 && !existsSync(folder) && existsSync(turn); left--)
    Atomics.wait(pause, 0, 0, 50)
}

function build(folder: string): void {
  const temporary = `${folder}.${randomBytes(6).toString('hex')}`
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/rolldown/bin/cli.mjs'), '-c', '--logLevel', 'silent'],
    { cwd: root, env: { ...process.env, KUBECTL_PKG_DIST: temporary }, encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`the program cannot be built:\n${stderr}`)
  // The add-ons make a folder the package's root.
  symlinkSync(join(root, 'charts'), join(temporary, 'charts'))
  try {
    renameSync(temporary, folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
    // Another test was quicker with the same sources.
    rmSync(temporary, { recursive: true })
  }
}

function sourcesHash(): string {
  // A build names the charts of its checkout, so another checkout needs one of its own.
  const hash = createHash('sha256').update(root)
  const files = ['src', 'plugins'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
      .map((name) => join(folder, name)),
  )
  for (const name of [...files.sort(), 'rolldown.config.mjs', 'package.json']) {
    hash
      .update(name)
      .update('\0')
      .update(readFileSync(join(root, name)))
      .update('\0')
  }
  return hash.digest('hex').slice(0, 16)
}
