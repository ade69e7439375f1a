import { realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { SHARED_MODES } from '../base/file-modes.ts'
import { openFiles } from '../base/files.ts'
import { newToken } from '../base/folders.ts'
import { makeFolders } from '../base/make-folders.ts'

/** What is to be in a file. */
export interface ManifestText {
  path: string
  text: string
}

/** Replaces files whole, one after another; each keeps its permissions, and links stay links. */
export async function replaceManifests(
  files: readonly ManifestText[],
  folder: string,
): Promise<void> {
  const disk = openFiles()
  for (const { path, text } of files) {
    const place = realpathSync(resolve(folder, path))
    const { mode } = statSync(place)
    await disk.replace(place, `${place}.${newToken()}`, { data: text, mode: mode & 0o777 })
  }
}

/**
 * Writes files below a folder, by the paths they have.
 *
 * @throws PkgError FILE_UNWRITABLE for a path that leads out of the folder
 */
export async function writeManifests(
  files: readonly ManifestText[],
  folder: string,
): Promise<void> {
  const disk = openFiles()
  for (const { path, text } of files) {
    const place = join(folder, path)
    if (!resolve(place).startsWith(resolve(folder) + sep)) {
      throw new PkgError('FILE_UNWRITABLE', `"${path}" leads out of ${folder}`, {
        hint: 'Run in the folder of the files, and name them below it.',
      })
    }
    makeFolders(dirname(place), SHARED_MODES.folder)
    await disk.replace(place, `${place}.${newToken()}`, { data: text, mode: SHARED_MODES.file })
  }
}
