import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { PkgError } from '../base/errors.ts'
import type { FileStore } from '../base/kept-file.ts'
import { loadChartArchive } from './archive.ts'
import { readArchiveFile } from './archive-file.ts'
import type { ChartLimits } from './budget.ts'
import type { Chart } from './chart.ts'
import { loadChartDirectory } from './read-directory.ts'

export interface ChartInput {
  /** Reads all of standard input, for the reference `-`. */
  readStdin: () => Promise<Uint8Array>
  limits?: Partial<ChartLimits>
  /** What happens to symbolic links that lead out of a chart's folder; followed by default. */
  outsideLinks?: 'follow' | 'refuse' | undefined
  /** Takes any apiVersion, as Helm does where nothing is rendered or packed. */
  anyApiVersion?: boolean | undefined
  /** Keeps what is read of large values for later runs. */
  fileStore?: FileStore | undefined
}

/**
 * Loads a chart from a folder, from an archive, or from an archive on standard input (`-`).
 *
 * @throws PkgError CHART_NOT_FOUND, CHART_INVALID, CHART_TOO_LARGE, YAML_INVALID,
 *   ARCHIVE_UNSAFE, FILE_UNREADABLE
 */
export async function loadChart(reference: string, input: ChartInput): Promise<Chart> {
  const { limits = {}, outsideLinks, anyApiVersion = false, fileStore } = input
  if (reference === '-') {
    const bytes = await input.readStdin()
    return loadChartArchive(bytes, {
      origin: reference,
      path: 'standard input',
      limits,
      anyApiVersion,
      fileStore,
    })
  }
  const name = reference.trim()
  const stat = statSync(name, { throwIfNoEntry: false })
  if (stat === undefined) throw notFound(name)
  if (stat.isDirectory()) {
    return loadChartDirectory(name, { limits, outsideLinks, anyApiVersion, fileStore })
  }
  const path = resolve(name)
  return loadChartArchive(readArchiveFile(path, stat, limits), {
    origin: name,
    path,
    limits,
    anyApiVersion,
    fileStore,
  })
}

function notFound(name: string): PkgError {
  return new PkgError('CHART_NOT_FOUND', `path "${name}" not found`, {
    hint: 'Name a folder with a Chart.yaml, or an archive that "package" made.',
  })
}
