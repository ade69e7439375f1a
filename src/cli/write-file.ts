import { statSync, writeFileSync } from 'node:fs'
import { PkgError } from '../base/errors.ts'

/**
 * Writes a file that was asked for; one that is there is replaced only by force.
 *
 * @throws PkgError FILE_UNWRITABLE
 */
export function writeFile(path: string, text: string, { force }: { force: boolean }): void {
  try {
    writeFileSync(path, text, { flag: force ? 'w' : 'wx' })
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

/** Whether a path leads to a folder. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
