import { resolve, sep } from 'node:path'
import type { Chart, ChartFile } from './chart.ts'

/**
 * Takes folders that lie in a chart's folder out of the chart. They are those in which this program
 * keeps its own things, which pipelines often have inside their working folder: what they hold is
 * no part of the chart, changes with each run, and may be credentials.
 *
 * The given chart is changed.
 */
export function withoutFolders(chart: Chart, folders: readonly string[]): Chart {
  for (const folder of folders) {
    const below = pathBelow(chart.origin, folder)
    if (below === undefined) continue
    const isOther = ({ name }: ChartFile): boolean => !name.startsWith(`${below}/`)
    chart.files = chart.files.filter(isOther)
    chart.raw = chart.raw.filter(isOther)
  }
  return chart
}

/** Path from a folder to one that lies in it, with `/`; undefined for any other. */
function pathBelow(folder: string, inner: string): string | undefined {
  const root = resolve(folder) + sep
  const path = resolve(inner)
  return path.startsWith(root) ? path.slice(root.length).replaceAll(sep, '/') : undefined
}
