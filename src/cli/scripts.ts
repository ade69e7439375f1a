import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Script } from 'node:vm'
import { foldersOf } from './home-folders.ts'

/*
 * Runs the scripts of the bundle with V8's code cache. Node 20 takes one for scripts, not for
 * modules, so the bundle is CommonJS and has its own small `require`.
 */

declare const VERSION: string

interface Loaded {
  exports: Record<string, unknown>
}

const loaded = new Map<string, Loaded>()
const scripts = new Map<string, Script>()
const uncached = new Map<string, Script>()
const BUILT_CACHE = join(__dirname, 'code-cache', process.versions.v8)
/** For the commands that are used most the build makes a code cache each, and one for all others. */
const COMMON = 'common'
/** A script of the bundle is a module of CommonJS, and run as this function. */
const HEAD = Buffer.from('(function (exports, require, module, __filename, __dirname) {')
const TAIL = Buffer.from('\n})')
const MAY_FAIL = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'ENOENT'])

/**
 * Set by the build, which runs typical commands: of which scripts it keeps the code (all, the rest
 * that has none yet, or those that were loaded late) and in which folder.
 */
const [BUILDS, BUILT_FOLDER] = (process.env['KUBECTL_PKG_BUILDS_CODE_CACHE'] ?? '').split('/')
/** A code cache names the flags it was made under: what is loaded after they change has its own. */
let cacheSuffix = ''
/** V8 takes time for each function of a code cache, also for those of other commands. */
let cacheOwner = COMMON
let builtCache = join(BUILT_CACHE, COMMON)

/** Loads a script of the bundle once. */
export function loadScript(file: string): Loaded {
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
    name.startsWith('.') ? loadScript(join(dirname(file), name)).exports : require(name)
  return Object.assign(requireHere, { resolve: require.resolve })
}

/** Takes the code caches of a command from now on. */
export function chooseCodeCache(command: string): void {
  cacheOwner = command
  const own = join(BUILT_CACHE, BUILT_FOLDER ?? command)
  if (BUILT_FOLDER !== undefined || existsSync(own)) builtCache = own
}

/** The code cache of a script, made by the build or, for another V8, by an earlier run. */
function readCodeCache(name: string): Buffer | undefined {
  // V8 takes no cache that was made under other flags than its own.
  const built = nodeFlags() === '' ? readIfThere(join(builtCache, name)) : undefined
  return built ?? readIfThere(join(personalCache(), name))
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch (error) {
    // Also one that somebody else has made, as root did who installed the program.
    if (!MAY_FAIL.has((error as NodeJS.ErrnoException).code ?? '')) throw error
    return undefined
  }
}

/**
 * Most of what a large chart executes it executes a few times, and V8 would spend up
 * to a third of all processor time on optimizing it. It waits 22 times as long as usual before it
 * does, by which argo-cd takes a sixth less than by six times as long. Nor does it give more and
 * more room to young objects: most of them live to the end, and the room would be a sixth of all
 * memory.
 */
export function tuneForLongRun(): void {
  // Code is kept with the flags of the run's end: what was compiled under others must come first.
  if (uncached.size > 0 || BUILDS === 'all' || BUILDS === 'rest') return
  const flags = flagsOfLongRun(Number.parseInt(process.versions.v8, 10))
  if (flags.length === 0) return
  scripts.clear()
  const setFlag = flagSetter()
  for (const flag of flags) setFlag(flag)
  cacheSuffix = '-late'
}

/**
 * What sets a flag of V8. `node:v8` brings all streams of Node along, which takes 2 ms and 1.6 MiB;
 * older releases of Node give its inner part alone, and warn of that unless they are told not to.
 */
function flagSetter(): (flag: string) => void {
  const node: NodeWithBindings = process
  const isOld = Number.parseInt(process.versions.node, 10) <= LAST_NODE_WITH_BINDING
  if (!isOld || node.binding === undefined || node.permission !== undefined) {
    return (require('node:v8') as typeof import('node:v8')).setFlagsFromString
  }
  const { noDeprecation = false } = process
  process.noDeprecation = true
  const { setFlagsFromString } = node.binding('v8')
  process.noDeprecation = noDeprecation
  return setFlagsFromString
}

/** Node 24 has no such binding. */
const LAST_NODE_WITH_BINDING = 22

interface NodeWithBindings {
  binding?: (name: 'v8') => Pick<typeof import('node:v8'), 'setFlagsFromString'>
  /** Where Node was told what a program may do; it may not have bindings then. */
  permission?: unknown
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

/**
 * Keeps what this run compiled for the next one, when the build's cache does not fit this
 * Node. The build itself calls it after typical runs.
 */
export function keepCodeCache(): void {
  const isBuild = BUILT_FOLDER !== undefined
  if (!isBuild && uncached.size === 0) return
  const target = isBuild ? builtCache : personalCache()
  try {
    mkdirSync(target, { recursive: true, mode: isBuild ? 0o755 : 0o700 })
    for (const [name, script] of isBuild && BUILDS !== 'rest' ? scripts : uncached) {
      const temporary = join(target, `${name}.${process.pid}`)
      writeFileSync(temporary, script.createCachedData(), { mode: isBuild ? 0o644 : 0o600 })
      renameSync(temporary, join(target, name))
    }
  } catch (error) {
    // A cache is not worth a failure: a full, read-only or foreign folder leaves it out.
    if (isBuild || !MAY_FAIL.has((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

function personalCache(): string {
  const name = `${VERSION}-${process.versions.v8}${nodeFlags()}`
  return join(foldersOf(process.env).cache, 'code', name, cacheOwner)
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
