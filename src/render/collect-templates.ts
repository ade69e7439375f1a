import { chartPath, type Chart } from '../chart/chart.ts'
import { fromBytes } from '../golang/bytes.ts'
import { byText } from '../golang/order.ts'
import type { ChartScope } from './context.ts'

/** A template file of a chart or one of its subcharts. */
export interface TemplateFile {
  /** Path with the charts it lies in, for example `web/charts/db/templates/x.yaml`. */
  path: string
  text: string
  /** The bytes of the text. */
  data: Uint8Array
  scope: ChartScope
  /** The chart's templates folder, for `.Template.BasePath`. */
  basePath: string
  /** A partial is read for what it defines; it gives no output of its own. */
  isPartial: boolean
  isHandlebars: boolean
}

/**
 * Lists the templates of a chart and its subcharts in the order they are parsed: deep paths
 * first, so that a definition higher up replaces one of the same name below.
 *
 * Of library charts only partials count.
 *
 * Source: Helm 4.1.4 pkg/engine/engine.go, recAllTpls, sortTemplates.
 */
export function collectTemplates(scope: ChartScope): TemplateFile[] {
  const files = new Map<string, TemplateFile>()
  addTemplates(scope, files)
  const byPath = byText(files.values(), ({ path }) => path)
  return [...files.values()]
    .map((file) => ({ file, depth: file.path.split('/').length }))
    .sort((left, right) => right.depth - left.depth || byPath(right.file, left.file))
    .map(({ file }) => file)
}

/** In bytes. */
export function sizeOf(files: readonly TemplateFile[]): number {
  return files.reduce((sum, { data }) => sum + data.length, 0)
}

/** The text of every template of a chart and its subcharts, by path. */
export function templateTexts(chart: Chart): ReadonlyMap<string, string> {
  const texts = chart.templates.map(({ name, data }): [string, string] => [
    `${chartPath(chart)}/${name}`,
    fromBytes(data),
  ])
  return new Map([...texts, ...chart.subcharts.flatMap((each) => [...templateTexts(each)])])
}

function addTemplates(scope: ChartScope, files: Map<string, TemplateFile>): void {
  for (const subchart of scope.subcharts) addTemplates(subchart, files)
  const { chart } = scope
  const root = chartPath(chart)
  const isLibrary = chart.metadata.type?.toLowerCase() === 'library'
  for (const { name, data } of chart.templates) {
    const isPartial = name.slice(name.lastIndexOf('/') + 1).startsWith('_')
    if (isLibrary && !isPartial) continue
    const path = `${root}/${name}`
    const basePath = `${root}/templates`
    const isHandlebars = name.endsWith('.hbs')
    const text = fromBytes(data)
    files.set(path, { path, text, data, scope, basePath, isPartial, isHandlebars })
  }
}
