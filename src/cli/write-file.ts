import { renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { aboutFile, diskHint, reasonOf } from '../base/disk-error.ts'
import { PkgError } from '../base/errors.ts'
import { isSystemError } from '../base/files.ts'
import { newToken } from '../base/folders.ts'
import { removeLeftover } from '../base/remove-leftover.ts'

/**
 * Writes a file that was asked for; one that is there is replaced only by force.
 *
 * @throws PkgError FILE_UNWRITABLE
 */
export function writeFile(
  path: string,
  text: string,
  { force, mode = 0o666 }: { force: boolean; mode?: number },
): void {
  try {
    writeFileSync(path, text, { flag: force ? 'w' : 'wx', mode })
  } catch (error) {
    if (!isSystemError(error)) throw error
    const isThere = error.code === 'EEXIST'
    // What a full disk took of it is of no use.
    if (!isThere && !force) removeLeftover(path)
    const { message } = aboutFile(error, path)
    throw new PkgError('FILE_UNWRITABLE', isThere ? `${path} is there already` : message, {
      hint: isThere ? 'Pass --force to replace it.' : adviseOn(error, path),
      cause: error,
    })
  }
}

/**
 * Writes a file that holds secrets: only its owner may read it, also when it was there before.
 *
 * @throws PkgError FILE_UNWRITABLE
 */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.${newToken()}`
  try {
    writeFileSync(temporary, text, { flag: 'wx', mode: 0o600 })
    renameSync(temporary, path)
  } catch (error) {
    removeLeftover(temporary)
    if (!isSystemError(error)) throw error
    const about = aboutFile(error, path)
    throw new PkgError('FILE_UNWRITABLE', `cannot write "${path}": ${reasonOf(about)}`, {
      hint: adviseOn(about, path),
      cause: about,
    })
  }
}

function adviseOn(error: NodeJS.ErrnoException, path: string): string {
  const hint = diskHint(error)
  if (hint !== undefined) return hint
  if (error.code === 'ENOENT') return `Make the folder "${dirname(path)}" first.`
  if (error.code === 'EISDIR') return 'It is a folder; name a file in it.'
  return 'Name a file in a folder that you may write to.'
}

/** Whether a path leads to a folder. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
