import { appendFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { aboutFile, diskHint } from '../base/disk-error.ts'
import { PkgError } from '../base/errors.ts'
import { SHARED_MODES } from '../base/file-modes.ts'
import { isSystemError } from '../base/files.ts'
import { makeFolders } from '../base/make-folders.ts'
import { toBytes } from '../golang/bytes.ts'
import type { TemplateFileOutput } from '../actions/template.ts'
import type { Io } from './io.ts'

export interface OutputFolder {
  folder: string
  /** Folder below it for all but CRDs; empty for none. */
  inside: string
}

/**
 * Writes what templates gave below a folder, as `helm template --output-dir` does: a path
 * that comes again is appended to.
 *
 * @throws PkgError FILE_UNWRITABLE
 */
export function writeTemplates(
  files: readonly TemplateFileOutput[],
  { folder, inside }: OutputFolder,
  io: Io,
): void {
  const written = new Set<string>()
  for (const { path, content, isCrd } of files) {
    const base = isCrd || inside === '' ? folder : join(folder, inside)
    const file = join(base, path)
    assertInside(folder, file)
    try {
      makeFolders(dirname(file), SHARED_MODES.folder)
      const write = written.has(file) ? appendFileSync : writeFileSync
      write(file, toBytes(content), { mode: SHARED_MODES.file })
    } catch (error) {
      if (!isSystemError(error)) throw error
      const { message } = aboutFile(error, file)
      throw new PkgError('FILE_UNWRITABLE', `cannot write ${file}: ${message}`, {
        hint: diskHint(error) ?? 'Name a folder with --output-dir that you may write to.',
        cause: error,
      })
    }
    written.add(file)
    io.out(`wrote ${base}/${path}\n`)
  }
}

function assertInside(folder: string, file: string): void {
  if (resolve(file).startsWith(resolve(folder) + sep)) return
  throw new PkgError('FILE_UNWRITABLE', `template "${file}" leads out of ${folder}`)
}
