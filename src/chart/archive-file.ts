import { readFileSync, statSync, type Stats } from 'node:fs'
import { basename } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { openBudget, tooLarge, type ChartLimits } from './budget.ts'

/** An archive of a chart as it lies in a folder. */
export interface ArchiveFile {
  /** The file's name without its folders. */
  name: string
  bytes: Buffer
  /** When it was last written. */
  modified: Date
  /** The provenance file beside it, `ARCHIVE.prov`. */
  provenance: Buffer | undefined
}

/**
 * Reads an archive and the provenance file beside it, if there is one.
 *
 * @throws PkgError CHART_NOT_FOUND, CHART_INVALID, CHART_TOO_LARGE, FILE_UNREADABLE
 */
export function readArchive(path: string): ArchiveFile {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) {
    throw new PkgError('CHART_NOT_FOUND', `${path}: no such file`, {
      hint: 'Name an archive that "package" made.',
    })
  }
  if (stat.isDirectory()) {
    throw new PkgError('CHART_INVALID', `${path} is a folder, not an archive`, {
      hint: `Run "kubectl pkg package ${path}" and name what it made.`,
    })
  }
  return {
    name: basename(path),
    bytes: readArchiveFile(path, stat),
    modified: stat.mtime,
    provenance: readProvenance(`${path}.prov`),
  }
}

/** Whether there is a folder of that name. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

/** Whether there is a file of that name. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

/** More than any provenance file needs. */
const PROVENANCE_BYTES = 4 * 1024 * 1024

/** Reads a provenance file; undefined when there is none. @throws PkgError PROVENANCE_FAILED */
function readProvenance(path: string): Buffer | undefined {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return undefined
  if (stat.isFile() && stat.size <= PROVENANCE_BYTES) return readFileSync(path)
  throw new PkgError('PROVENANCE_FAILED', `${path} is no provenance file`)
}

/**
 * Reads an archive whole.
 *
 * @throws PkgError CHART_INVALID, CHART_TOO_LARGE, FILE_UNREADABLE
 */
export function readArchiveFile(
  path: string,
  stat: Stats,
  limits: Partial<ChartLimits> = {},
): Buffer {
  if (!stat.isFile()) {
    throw new PkgError('CHART_INVALID', `file '${path}' cannot be read: not a regular file`)
  }
  const { archiveBytes } = openBudget(limits).limits
  if (stat.size > archiveBytes) {
    throw tooLarge(
      `chart archive is larger than the maximum size ${archiveBytes}`,
      `It has ${stat.size} bytes.`,
    )
  }
  try {
    return readFileSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EACCES') throw error
    throw new PkgError('FILE_UNREADABLE', `open ${path}: permission denied`, { cause: error })
  }
}
