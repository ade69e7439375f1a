import { renameSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { aboutFile, diskHint } from '../base/disk-error.ts'
import { PkgError } from '../base/errors.ts'
import { SHARED_MODES } from '../base/file-modes.ts'
import { isSystemError } from '../base/files.ts'
import { makeFolders } from '../base/make-folders.ts'
import { removeLeftover } from '../base/remove-leftover.ts'
import type { ChartPackage } from './package-chart.ts'

/**
 * Writes an archive into a folder, which is made when it is missing. The file is there
 * whole or not at all.
 *
 * @returns path of the file
 * @throws PkgError FILE_UNWRITABLE
 */
export function savePackage({ name, bytes }: ChartPackage, folder: string): string {
  return saveWhole(folder, name, bytes)
}

/**
 * Writes the provenance file of an archive beside it, whole or not at all.
 *
 * @returns path of the file
 * @throws PkgError FILE_UNWRITABLE
 */
export function saveProvenance(archive: string, text: string): string {
  return saveWhole(dirname(archive), `${basename(archive)}.prov`, text)
}

function saveWhole(folder: string, name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  const temporary = join(folder, `.${name}.${process.pid}.tmp`)
  try {
    makeFolders(folder, SHARED_MODES.folder)
    writeFileSync(temporary, content, { flag: 'wx', mode: SHARED_MODES.file })
    renameSync(temporary, path)
  } catch (error) {
    removeLeftover(temporary)
    if (!isSystemError(error)) throw error
    const isNoFolder = error.code === 'ENOTDIR' || error.code === 'EEXIST'
    const file = isNoFolder ? fileInTheWay(folder) : undefined
    const reason =
      file === undefined ? aboutFile(error, path).message : `"${file}" is a file, not a folder`
    throw new PkgError('FILE_UNWRITABLE', `failed to save: ${reason}`, {
      hint: diskHint(error) ?? 'Name another folder with --destination.',
      cause: error,
    })
  }
  return path
}

/** What is there in the place of a folder, or of one above it. */
function fileInTheWay(folder: string): string | undefined {
  const parent = dirname(folder)
  const above = parent === folder ? undefined : fileInTheWay(parent)
  if (above !== undefined) return above
  const found = statSync(folder, { throwIfNoEntry: false })
  return found === undefined || found.isDirectory() ? undefined : folder
}
