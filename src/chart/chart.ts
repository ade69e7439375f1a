import type { GoMap } from '../golang/value.ts'
import type { ChartMetadata, Dependency } from './metadata.ts'

/** A file of a chart; `name` is its path below the chart's root, with `/`. */
export interface ChartFile {
  name: string
  data: Uint8Array
}

/** A chart as loaded: nothing is rendered, nothing is switched off yet. */
export interface Chart {
  metadata: ChartMetadata
  /** Chart.lock, or requirements.lock of an apiVersion v1 chart. */
  lock: ChartLock | undefined
  /** Files below templates/, in Helm's loading order. */
  templates: ChartFile[]
  /** values.yaml as read; empty when the chart has none. */
  values: GoMap
  /** Whether there is no values.yaml, which Helm's records tell from an empty one. */
  lacksValues?: boolean
  /** values.schema.json as it stands. */
  schema: Uint8Array | undefined
  /** Everything that is none of the above: what `.Files` and crds/ are made of. */
  files: ChartFile[]
  /** Subcharts of charts/, in Helm's loading order. */
  subcharts: Chart[]
  /** The chart this one is a subchart of. */
  parent: Chart | undefined
  /** Every file as it was loaded, for `package`, `show` and errors that quote a line. */
  raw: ChartFile[]
  /** Folder or archive this was loaded from, as the person typed it. */
  origin: string
  /** What a person should know about the files but that stops nothing, in loading order. */
  warnings: ChartWarning[]
}

/** Something odd in a chart's file; `file` is a path below the root of the outermost chart. */
export interface ChartWarning {
  file: string
  /** Counted from 1. */
  line?: number
  message: string
}

export interface ChartLock {
  /** RFC 3339, as the file has it. */
  generated: string
  digest: string
  dependencies: Dependency[]
  /** Whether it names no list, which Go tells from an empty one. */
  lacksList?: boolean
}

/** Whether the chart has Handlebars templates; its values are then read as YAML 1.2. */
export function isNative(chart: Chart): boolean {
  return chart.templates.some((file) => file.name.endsWith('.hbs'))
}

/** Path of the chart inside its parents, as Helm names templates: `web/charts/db`. */
export function chartPath(chart: Chart): string {
  if (chart.parent === undefined) return chart.metadata.name
  return `${chartPath(chart.parent)}/charts/${chart.metadata.name}`
}

/** Names from the root to the chart, joined by dots: `web.db`. */
export function chartFullPath(chart: Chart): string {
  if (chart.parent === undefined) return chart.metadata.name
  return `${chartFullPath(chart.parent)}.${chart.metadata.name}`
}

/** A file of the chart by its path below the root; undefined when there is none. */
export function rawFile(chart: Chart, name: string): ChartFile | undefined {
  return chart.raw.find((file) => file.name === name)
}
