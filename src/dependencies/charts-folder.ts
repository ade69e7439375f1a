import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { loadChartArchive } from '../chart/archive.ts'
import { isFolder } from '../chart/archive-file.ts'
import type { Chart } from '../chart/chart.ts'
import { loadChartDirectory } from '../chart/read-directory.ts'

/** Something in the charts/ folder of a chart. */
export interface LooseArchive {
  /** Path as Helm prints it. */
  path: string
  /** Its name in charts/. */
  file: string
  /** Undefined when it is no chart. */
  chart: Chart | undefined
  /** Whether it is a folder or ends in .tgz, so that Helm would tell of it. */
  isListed: boolean
}

/** Path of the charts/ folder of a chart's folder, as Helm prints it. */
export function chartsBelow(folder: string): string {
  return join(folder, 'charts')
}

/** What lies in the charts/ folder of a chart's folder; nothing for an archive. */
export function looseArchives(folder: string): LooseArchive[] {
  const charts = chartsBelow(folder)
  if (!isFolder(folder) || !isFolder(charts)) return []
  return readdirSync(charts)
    .filter((file) => !file.startsWith('.'))
    .sort()
    .map((file) => {
      const path = join(charts, file)
      const isFolder = statSync(path).isDirectory()
      const isListed = isFolder || extname(file) === '.tgz'
      return { path, file, isListed, chart: isListed ? chartAt(path, isFolder) : undefined }
    })
}

function chartAt(path: string, isFolder: boolean): Chart | undefined {
  try {
    if (isFolder) return loadChartDirectory(path, { anyApiVersion: true })
    return loadChartArchive(readFileSync(path), { origin: path, anyApiVersion: true })
  } catch (error) {
    if (error instanceof PkgError) return undefined
    throw error
  }
}
