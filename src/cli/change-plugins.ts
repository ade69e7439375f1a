import { cp, lstat, mkdir, readdir, realpath, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { diskHint } from '../base/disk-error.ts'
import { PkgError } from '../base/errors.ts'
import { withFileLock } from '../base/file-lock.ts'
import { isSystemError } from '../base/files.ts'
import { isTemporary, newToken, temporaryName } from '../base/folders.ts'
import { makeFolders } from '../base/make-folders.ts'
import { linkProgram } from './link-program.ts'
import { readPackage } from './plugins.ts'
import { onStoppingSignal } from './signals.ts'

/*
 * A change of the plugins works on a copy of their folder, which takes its place in the end. So
 * whatever fails, is refused or is killed in between leaves the plugins as they were.
 */

export interface PluginPlaces {
  /** Where the plugins are; it need not be there. */
  folder: string
  /** Folder of this program's package.json. */
  program: string
}

/**
 * Changes the plugins, one run at a time.
 *
 * @param change works in the folder that it is given; Ctrl-C aborts the signal
 * @throws PkgError FILE_UNWRITABLE, INTERRUPTED, TERMINATED, and what `change` throws
 */
export async function changePlugins<T>(
  { folder, program }: PluginPlaces,
  change: (folder: string, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    makeFolders(dirname(folder), 0o700)
    return await withFileLock(`${folder}.lock`, () => changeCopy({ folder, program }, change))
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new PkgError('FILE_UNWRITABLE', `the plugins cannot be changed: ${error.message}`, {
      hint: diskHint(error) ?? `Look who may write to ${dirname(folder)}.`,
      cause: error,
    })
  }
}

async function changeCopy<T>(
  { folder, program }: PluginPlaces,
  change: (copy: string, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const interruption = new AbortController()
  const removeHandlers = onStoppingSignal((signal) => {
    const code = signal === 'SIGINT' ? 'INTERRUPTED' : 'TERMINATED'
    interruption.abort(new PkgError(code, `cancelled by ${signal}`, { hint: AS_BEFORE }))
  })
  // npm notes folders and archives relative to where this really is.
  const copy = join(await realpath(dirname(folder)), temporaryName('plugins', newToken()))
  try {
    await mend(folder)
    await copyFolder(folder, copy)
    const result = await change(copy, interruption.signal)
    linkProgram(copy, program)
    await replace(folder, copy)
    return result
  } finally {
    await rm(copy, { recursive: true, force: true })
    removeHandlers()
  }
}

const AS_BEFORE = 'The plugins are as they were.'

/** Sets right what a run left that was killed, and removes its copies. */
async function mend(folder: string): Promise<void> {
  const parent = dirname(folder)
  const names = await readdir(parent)
  if (!names.includes('plugins') && names.includes(OLD)) await rename(join(parent, OLD), folder)
  const copies = names.filter((name) => name.startsWith('.plugins.') && isTemporary(name))
  for (const name of [OLD, ...copies]) await removeLeft(join(parent, name))
}

/** What the plugins are called for the moment in which others take their place. */
const OLD = '.plugins.old'

/** The npm of a run that was killed may be writing still; then the next run removes it. */
async function removeLeft(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true })
  } catch (error) {
    if (!isSystemError(error, 'ENOTEMPTY')) throw error
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { mode: 0o700 })
  if (readPackage(from) === undefined) return
  const link = join(from, 'node_modules', 'kubectl-pkg')
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => path !== link,
  })
}

async function replace(folder: string, copy: string): Promise<void> {
  const old = join(dirname(folder), OLD)
  const isThere = await exists(folder)
  if (isThere) await rename(folder, old)
  await rename(copy, folder)
  await rm(old, { recursive: true, force: true })
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error
    return false
  }
}
