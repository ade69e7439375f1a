import { rawFile, type Chart } from '../chart/chart.ts'
import { fromBytes } from '../golang/bytes.ts'

/** Fields, and what stands in quotes. */
const IN_GO_TEMPLATE = /\.([\w-]+)|"([^"\n]+)"|`([^`\n]+)`/g
/** Handlebars needs no dot before a name. */
const IN_HANDLEBARS = /([\w-]+)|"([^"\n]+)"|'([^'\n]+)'/g
/** Keys, also of lines that are commented out, and what comments document as `@param a.b`. */
const IN_VALUES = /^[\s#-]*["']?([^\s"':#]+)["']?\s*:|@param\s+(\S+)/gm
const IN_SCHEMA = /"([^"\n]+)"\s*:/g

/**
 * Lists the names that the templates, schemas and values files of a chart and its subcharts
 * speak of, wherever they stand: those that values may well have.
 */
export function spokenNames(chart: Chart): ReadonlySet<string> {
  const names = new Set<string>()
  addNames(chart, names)
  return names
}

function addNames(chart: Chart, names: Set<string>): void {
  for (const { name, data } of chart.templates) {
    collect(data, name.endsWith('.hbs') ? IN_HANDLEBARS : IN_GO_TEMPLATE, names)
  }
  collect(rawFile(chart, 'values.yaml')?.data, IN_VALUES, names)
  collect(chart.schema, IN_SCHEMA, names)
  for (const { condition } of chart.metadata.dependencies ?? []) {
    for (const name of condition?.split(/[.,\s]+/) ?? []) names.add(name)
  }
  for (const subchart of chart.subcharts) addNames(subchart, names)
}

function collect(data: Uint8Array | undefined, pattern: RegExp, names: Set<string>): void {
  if (data === undefined) return
  for (const [, ...found] of fromBytes(data).matchAll(pattern)) {
    const text = found.find((each) => each !== undefined) ?? ''
    names.add(text)
    if (pattern === IN_VALUES) for (const name of text.split(/[.[\]]+/)) names.add(name)
  }
}
