import { lstatSync, realpathSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { PkgError } from './errors.ts'
import { isSystemError } from './files.ts'

/**
 * The file that a file of the configuration is a link to, so that the link stays when it is
 * replaced; the path itself when it is none.
 *
 * @param home links are followed to what is below this folder, or below their own
 * @param flag which names another file
 * @throws PkgError FILE_UNWRITABLE for a link that leads elsewhere
 */
export function followLink(path: string, home: string, flag: string): string {
  try {
    if (!lstatSync(path).isSymbolicLink()) return path
    const target = realpathSync(path)
    if ([home, dirname(path)].some((folder) => isBelow(folder, target))) return target
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return path
    throw error
  }
  throw new PkgError('FILE_UNWRITABLE', `${path} is a link that leaves ${home}`, {
    hint: `Name another file with ${flag}.`,
  })
}

function isBelow(folder: string, path: string): boolean {
  return !relative(realpathSync(folder), path).startsWith('..')
}
