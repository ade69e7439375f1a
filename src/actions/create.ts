import { withoutFolders } from '../chart/own-folders.ts'
import { loadChartDirectory } from '../chart/read-directory.ts'
import {
  findStarter,
  scaffoldChart,
  scaffoldFromStarter,
  writeScaffold,
} from '../chart/scaffold.ts'
import type { ScaffoldEngine } from '../chart/scaffold-common.ts'

export interface CreateRequest {
  /** Folder to make; its last part is the chart's name. */
  path: string
  engine: ScaffoldEngine
  /** Folder of a starter, or its name in one of `starters`. */
  starter?: string | undefined
  /** Folders of starters: the person's own, then those that come with the program. */
  starters: readonly string[]
  /** Folders of the program itself, which are no part of a starter that they lie in. */
  ownFolders: readonly string[]
}

/**
 * Makes a new chart.
 *
 * @returns paths of files that were there already and were overwritten
 * @throws PkgError CHART_NOT_FOUND, CHART_INVALID, FILE_UNWRITABLE
 */
export function createChart({ path, engine, ...request }: CreateRequest): string[] {
  const { starter, starters, ownFolders } = request
  const name = path.replace(/\/+$/, '').split('/').at(-1) ?? ''
  if (starter === undefined) return writeScaffold(path, scaffoldChart(name, engine))
  const folder = /^[./]/.test(starter) ? starter : findStarter(starter, starters)
  const chart = withoutFolders(loadChartDirectory(folder), ownFolders)
  return writeScaffold(path, scaffoldFromStarter(chart, name))
}
