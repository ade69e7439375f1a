import { lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve, sep } from 'node:path'
import { aboutFile, diskHint } from '../base/disk-error.ts'
import { PkgError } from '../base/errors.ts'
import { SHARED_MODES } from '../base/file-modes.ts'
import { isSystemError, openFiles } from '../base/files.ts'
import { newToken, temporaryName } from '../base/folders.ts'
import { makeFolders } from '../base/make-folders.ts'
import type { Chart } from '../chart/chart.ts'
import type { FetchedArchive } from './fetch-archive.ts'

const files = openFiles()

/**
 * Writes an archive, and its provenance file, into a folder that is made when it is missing.
 *
 * @returns path of the archive
 * @throws PkgError FILE_UNWRITABLE
 */
export async function saveArchive(
  { archive, fileName, provenance }: FetchedArchive,
  folder: string,
): Promise<string> {
  const path = join(folder, fileName)
  const write = (name: string, data: Buffer) =>
    files.replace(join(folder, name), join(folder, temporaryName(name, newToken())), {
      data,
      mode: SHARED_MODES.file,
    })
  await writing(path, async () => {
    makeFolders(folder, SHARED_MODES.folder)
    if (provenance !== undefined) await write(`${fileName}.prov`, provenance)
    await write(fileName, archive)
  })
  return path
}

export interface UnpackPlace {
  destination: string
  /** A folder below the destination, or an absolute one. */
  untar: string
}

/**
 * Unpacks a chart into a new folder of its name; it is there whole or not at all.
 *
 * @returns path of the chart's folder
 * @throws PkgError FILE_UNWRITABLE when something of that name is there
 */
export async function saveUnpacked(
  chart: Chart,
  { destination, untar }: UnpackPlace,
): Promise<string> {
  const folder = isAbsolute(untar) ? untar : join(destination, untar)
  const path = join(folder, chart.metadata.name)
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw taken(path)
  const temporary = join(folder, temporaryName(chart.metadata.name, newToken()))
  await writing(path, async () => {
    makeFolders(folder, SHARED_MODES.folder)
    mkdirSync(temporary, { mode: SHARED_MODES.folder })
    try {
      for (const { name, data } of chart.raw) writeBelow(temporary, name, data)
      renameSync(temporary, path)
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true })
      throw error
    }
  })
  return path
}

/** Names of an archive were checked when it was read; this is the second lock on the door. */
function writeBelow(root: string, name: string, data: Uint8Array): void {
  const path = resolve(root, name)
  if (!path.startsWith(resolve(root) + sep)) {
    throw new PkgError('ARCHIVE_UNSAFE', `"${name}" leads out of the chart's folder`)
  }
  makeFolders(dirname(path), SHARED_MODES.folder)
  writeFileSync(path, data, { flag: 'wx', mode: SHARED_MODES.file })
}

function taken(path: string): PkgError {
  return new PkgError(
    'FILE_UNWRITABLE',
    `failed to untar: a file or directory with the name ${path} already exists`,
    { hint: 'Remove it, or name another folder with --untardir.' },
  )
}

async function writing(path: string, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!isSystemError(error)) throw error
    const { message } = aboutFile(error, path)
    throw new PkgError('FILE_UNWRITABLE', message, {
      hint: diskHint(error) ?? 'Name another folder with --destination.',
      cause: error,
    })
  }
}
