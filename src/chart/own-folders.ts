import { resolve, sep } from 'node:path'
import { RECORDS_FOLDER } from '../base/folders.ts'
import type { Chart, ChartFile } from './chart.ts'

/**
 * Takes out of a chart what this program keeps in the chart's folder, as pipelines often have it:
 * its own folders, and folders that are the target of releases. What they hold is no part of the
 * chart, changes with each run, and may be credentials.
 *
 * The given chart is changed.
 *
 * @param folders the program's own; targets are known by the records in them
 */
export function withoutFolders(chart: Chart, folders: readonly string[]): Chart {
  const own = folders.flatMap((folder) => pathBelow(chart.origin, folder) ?? [])
  for (const path of [...own, ...targetsIn(chart.raw)]) {
    const isOther = ({ name }: ChartFile): boolean => !name.startsWith(`${path}/`)
    chart.files = chart.files.filter(isOther)
    chart.raw = chart.raw.filter(isOther)
  }
  for (const subchart of chart.subcharts) withoutFolders(subchart, [])
  return chart
}

/** Path from a folder to one that lies in it, with `/`; undefined for any other. */
function pathBelow(folder: string, inner: string): string | undefined {
  const root = resolve(folder) + sep
  const path = resolve(inner)
  return path.startsWith(root) ? path.slice(root.length).replaceAll(sep, '/') : undefined
}

/** Folders that hold records of releases; of the chart's own folder the records alone. */
function targetsIn(files: readonly ChartFile[]): Set<string> {
  const found = new Set<string>()
  for (const { name } of files) {
    const match = name.includes(RECORDS_FOLDER) ? RECORD.exec(name) : null
    if (match === null) continue
    const [, target = ''] = match
    found.add(target === '' ? RECORDS_FOLDER : target.slice(0, -1))
  }
  return found
}

const RECORD = new RegExp(`^(|.*?/)${RECORDS_FOLDER.replace('.', String.raw`\.`)}/`)
