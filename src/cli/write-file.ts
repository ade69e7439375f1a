import { renameSync, statSync, writeFileSync } from 'node:fs'
import { PkgError } from '../base/errors.ts'
import { newToken } from '../base/folders.ts'

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
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    const isThere = code === 'EEXIST'
    throw new PkgError('FILE_UNWRITABLE', isThere ? `${path} is there already` : message, {
      hint: isThere ? 'Pass --force to replace it.' : undefined,
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
  try {
    const temporary = `${path}.${newToken()}`
    writeFileSync(temporary, text, { flag: 'wx', mode: 0o600 })
    renameSync(temporary, path)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new PkgError('FILE_UNWRITABLE', message, {
      hint: 'Check the folder and the space on its disk.',
      cause: error,
    })
  }
}

/** Whether a path leads to a folder. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
