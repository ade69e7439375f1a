import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Script } from 'node:vm'
import { makeFolders } from '../base/make-folders.ts'
import { unlessFailed, writeCached } from './cache-files.ts'
import { foldersOf } from './home-folders.ts'
import { contentName, readCode, readSource } from './script-files.ts'
import {
  keepRoom,
  requireUnderUsualFlags,
  setLateFlags,
  underLateFlags,
  underUsualFlags,
} from './v8-flags.ts'

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
/** What was loaded before V8's flags changed. */
const early = new Map<string, Script>()
const BUILT_CACHE = join(__dirname, 'code-cache', process.versions.v8)
/** For the commands that are used most the build makes a code cache each, and one for all others. */
const COMMON = 'common'
/** What Node was told beside the program, as a part of a file's name. */
const NODE_FLAGS = nameOf([...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' '))

/**
 * Set by the build, which runs typical commands: of which scripts it keeps the code (all, the rest
 * that has none yet, those that were loaded late, or these and all others of a long run) and in
 * which folder.
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
  const source = readSource(file)
  const cacheName = nameInCache(file, source)
  const cachedData = readCodeCache(cacheName)
  const options = { filename: file, ...(cachedData && { cachedData }) }
  const script = underLateFlags(() => new Script(source, options))
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
    name.startsWith('.')
      ? loadScript(join(dirname(file), name)).exports
      : requireUnderUsualFlags(name)
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
  const built = NODE_FLAGS === '' ? readIfThere(join(builtCache, name)) : undefined
  return built ?? readIfThere(join(personalCache(), name))
}

/** Nor is there one that cannot be read, as root may have made it who installed the program. */
function readIfThere(file: string): Buffer | undefined {
  return unlessFailed(() => readCode(file))
}

/**
 * Sets V8's flags for a long run; what is loaded from now on has code caches of its own.
 *
 * @param leavesMuch whether most of what the run makes stays
 */
export function tuneForLongRun(leavesMuch: boolean): void {
  if (cacheSuffix === '' && !beginLongRun()) return
  if (leavesMuch) keepRoom()
}

function beginLongRun(): boolean {
  // Code is kept with the flags of the run's end: what was compiled under others must come first.
  if (uncached.size > 0 || BUILDS === 'all' || BUILDS === 'rest') return false
  if (!setLateFlags()) return false
  for (const [name, script] of scripts) early.set(name, script)
  scripts.clear()
  cacheSuffix = '-late'
  return true
}

/**
 * Keeps what this run compiled for the next one, when the build's cache does not fit this
 * Node. The build itself calls it after typical runs.
 */
export function keepCodeCache(): void {
  if (BUILT_FOLDER === undefined) {
    if (uncached.size > 0) {
      unlessFailed(() => underLateFlags(() => keep(uncached, personalCache(), PRIVATE)))
    }
    return
  }
  underLateFlags(() => keep(BUILDS === 'rest' ? uncached : scripts, builtCache, PUBLIC))
  // Of these it has what a short run needs already, and a long one needs more of them.
  if (BUILDS === 'long') underUsualFlags(() => keep(early, builtCache, PUBLIC))
}

const PUBLIC = { folder: 0o755, file: 0o644 }
const PRIVATE = { folder: 0o700, file: 0o600 }

function keep(
  made: ReadonlyMap<string, Script>,
  folder: string,
  modes: { folder: number; file: number },
): void {
  makeFolders(folder, modes.folder)
  for (const [name, script] of made) {
    const data = script.createCachedData()
    const file = join(folder, name)
    writeCached(file, `${file}.${process.pid}`, { data, mode: modes.file })
  }
}

function nameOf(flags: string): string {
  // Nearly always there are none, and a pattern takes its time to be compiled.
  return flags === '' ? '' : flags.replaceAll(/\W+/g, '-').slice(0, 100)
}

function personalCache(): string {
  const name = `${VERSION}-${process.versions.v8}${NODE_FLAGS}`
  return join(foldersOf(process.env).cache, 'code', name, cacheOwner)
}

function nameInCache(file: string, source: string): string {
  return `${basename(file, '.js')}-${contentName(source)}${cacheSuffix}`
}
