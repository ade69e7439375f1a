import { chartPath, type Chart } from '../chart/chart.ts'
import { fromBytes } from '../golang/bytes.ts'
import type { RenderedFile } from './rendered-file.ts'

/**
 * Lists the files of crds/ of a chart and of its subcharts; they are no templates.
 *
 * Source: Helm 4.1.4 pkg/chart/v2/chart.go, CRDObjects.
 */
export function crdFiles(chart: Chart): RenderedFile[] {
  const root = chartPath(chart)
  const own = chart.files
    .filter(({ name }) => name.startsWith('crds/') && /\.(?:ya?ml|json)$/i.test(name))
    .map(({ name, data }) => ({ path: `${root}/${name}`, content: fromBytes(data) }))
  return [...own, ...chart.subcharts.flatMap(crdFiles)]
}
