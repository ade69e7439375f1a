import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Script } from 'node:vm'
import { foldersOf } from './cli/home-folders.ts'
import { routeOf, type Routes } from './cli/routes.ts'

/*
 * The executable. A known command is one script of the bundle, run with V8's code cache;
 * what is none of ours, such as a plugin that the person added, goes to oclif.
 *
 * Node 20 takes a code cache for scripts, not for modules, so the bundle is CommonJS and
 * this file has its own small `require` for it.
 */

/** Made by the build: which words lead to which command, its name, and which Node it needs. */
declare const ROUTES: Routes
declare const VERSION: string
declare const OLDEST_NODE: number

interface Loaded {
  exports: Record<string, unknown>
}

interface CommandModule {
  default: { id?: string; start(argv: string[], config: unknown): Promise<unknown> }
}

const folder = __dirname
const loaded = new Map<string, Loaded>()
const scripts = new Map<string, Script>()
const uncached = new Map<string, Script>()
const BUILT_CACHE = join(folder, 'code-cache', process.versions.v8)
/** A script of the bundle is a module of CommonJS, and run as this function. */
const HEAD = Buffer.from('(function (exports, require, module, __filename, __dirname) {')
const TAIL = Buffer.from('\n})')
const MAY_FAIL = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'ENOENT'])

/** Set by the build, which runs typical commands: whose code it keeps. */
const BUILDS = process.env['KUBECTL_PKG_BUILDS_CODE_CACHE'] as 'all' | 'late' | undefined
/** A code cache names the flags it was made under: what is loaded after they change has its own. */
let cacheSuffix = ''

void main(process.argv.slice(2))

async function main(argv: string[]): Promise<void> {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) return refuseNode()
  const route = routeOf(argv, ROUTES)
  const events: NodeJS.EventEmitter = process
  events.once('kubectl-pkg: long run', tuneForLongRun)
  try {
    await (route === undefined ? runOclif(argv) : runCommand(route.id, route.argv))
  } catch (error) {
    await end(error)
  }
  keepCodeCache()
  // All is written by now, and Node would take its time to put everything away.
  if (route !== undefined) process.exit()
}

/** Without this an old Node fails somewhere in the middle, for what it does not have yet. */
function refuseNode(): void {
  process.exitCode = 1
  const { version, execPath } = process
  writeFileSync(
    2,
    `Error: Node ${version} is too old for kubectl-pkg, which needs ${OLDEST_NODE} or newer\n` +
      `  hint: This one is ${execPath}. Put a newer one before it on the PATH.\n`,
  )
}

/**
 * Most of what a large chart executes it executes a few times, and V8 would spend up
 * to a third of all processor time on optimizing it. It waits 22 times as long as usual before it
 * does, by which argo-cd takes a sixth less than by six times as long. Nor does it give more and
 * more room to young objects: most of them live to the end, and the room would be a sixth of all
 * memory. Other runs are spared the streams that Node reads for this.
 */
function tuneForLongRun(): void {
  // Code is kept with the flags of the run's end: what was compiled under others must come first.
  if (uncached.size > 0 || BUILDS === 'all') return
  const flags = flagsOfLongRun(Number.parseInt(process.versions.v8, 10))
  if (flags.length === 0) return
  scripts.clear()
  const { setFlagsFromString } = require('node:v8') as typeof import('node:v8')
  for (const flag of flags) setFlagsFromString(flag)
  cacheSuffix = '-late'
}

/** Flags differ from one V8 to the next, which complains to the person of any it does not know. */
function flagsOfLongRun(major: number): readonly string[] {
  if (major > NEWEST_KNOWN_V8) return []
  const growth = '--semi-space-growth-factor=1'
  // The bytes of code that run before it optimizes; later the runs, for each of two compilers.
  return major < 12
    ? ['--interrupt-budget=1500000', growth]
    : ['--invocation-count-for-turbofan=66000', '--invocation-count-for-maglev=8800', growth]
}

/** Of Node 26. */
const NEWEST_KNOWN_V8 = 14

async function runCommand(id: string, argv: string[]): Promise<void> {
  const file = join(
    folder,
    'commands',
    `${id.replaceAll(':', '/').replace(/\/index$/, '/index/index')}.js`,
  )
  const { default: command } = load(file).exports as unknown as CommandModule
  command.id = id
  await command.start(argv, leanConfig())
}

/**
 * A plugin may be a module, which only a script that Node itself loaded can import, and what it
 * imports of ours is then the very thing that runs it.
 */
async function runOclif(argv: string[]): Promise<void> {
  const { runOclif } = require(join(folder, 'oclif.js')) as {
    runOclif: (argv: string[], root: string) => Promise<void>
  }
  await runOclif(argv, dirname(folder))
}

/** As much of oclif's configuration as a command reads. */
function leanConfig() {
  return {
    bin: 'kubectl pkg',
    name: 'kubectl-pkg',
    version: VERSION,
    root: dirname(folder),
    pjson: { oclif: {} },
    runHook: () => Promise.resolve({ successes: [], failures: [] }),
    scopedEnvVarKeys: () => [],
  }
}

async function end(error: unknown): Promise<void> {
  const exit = (error as { oclif?: { exit?: number } }).oclif?.exit
  if (exit !== undefined) {
    process.exitCode = exit
    return
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.exitCode = 1
  writeFileSync(2, `${text}\n\nThis is a mistake in kubectl-pkg; please report it.\n`)
}

/** Loads a script of the bundle once. */
function load(file: string): Loaded {
  const known = loaded.get(file)
  if (known !== undefined) return known
  const module: Loaded = { exports: {} }
  loaded.set(file, module)
  // One text at once: put together from three, it would take its room twice.
  const source = Buffer.concat([HEAD, readFileSync(file), TAIL]).toString('latin1')
  const cacheName = nameInCache(file, source)
  const cachedData = readCodeCache(cacheName)
  const script = new Script(source, { filename: file, ...(cachedData && { cachedData }) })
  scripts.set(cacheName, script)
  if (cachedData === undefined || script.cachedDataRejected === true)
    uncached.set(cacheName, script)
  const run = script.runInThisContext() as (...args: unknown[]) => void
  run(module.exports, requireFrom(file), module, file, dirname(file))
  return module
}

/** Only built-ins and packages beside the bundle are not of it, which are the same for all. */
function requireFrom(file: string) {
  const requireHere = (name: string): unknown =>
    name.startsWith('.') ? load(join(dirname(file), name)).exports : require(name)
  return Object.assign(requireHere, { resolve: require.resolve })
}

/** The code cache of a script, made by the build or, for another V8, by an earlier run. */
function readCodeCache(name: string): Buffer | undefined {
  // V8 takes no cache that was made under other flags than its own.
  const built = nodeFlags() === '' ? readIfThere(join(BUILT_CACHE, name)) : undefined
  return built ?? readIfThere(join(personalCache(), name))
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return undefined
  }
}

/**
 * Keeps what this run compiled for the next one, when the build's cache does not fit this
 * Node. The build itself calls it after typical runs.
 */
function keepCodeCache(): void {
  const isBuild = BUILDS !== undefined
  if (!isBuild && uncached.size === 0) return
  const target = isBuild ? BUILT_CACHE : personalCache()
  try {
    mkdirSync(target, { recursive: true, mode: 0o700 })
    for (const [name, script] of isBuild ? scripts : uncached) {
      const temporary = join(target, `${name}.${process.pid}`)
      writeFileSync(temporary, script.createCachedData(), { mode: 0o600 })
      renameSync(temporary, join(target, name))
    }
  } catch (error) {
    // A cache is not worth a failure: a full, read-only or foreign folder leaves it out.
    if (isBuild || !MAY_FAIL.has((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

function personalCache(): string {
  const name = `${VERSION}-${process.versions.v8}${nodeFlags()}`
  return join(foldersOf(process.env).cache, 'code', name)
}

/** What Node was told beside the program, as a part of a file's name. */
function nodeFlags(): string {
  const flags = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ')
  return flags.replaceAll(/\W+/g, '-').slice(0, 100)
}

/** Every script begins with a name made of its content; see the build. */
function nameInCache(file: string, source: string): string {
  return `${basename(file, '.js')}-${source.slice(HEAD.length + 2, HEAD.length + 18)}${cacheSuffix}`
}
