import type { Chart } from '../chart/chart.ts'
import { fromBytes } from '../golang/bytes.ts'
import { valueReads, type ValueRead } from '../hbs/value-reads.ts'
import { partialName } from './handlebars-renderer.ts'

/**
 * Lists where the Handlebars templates of a chart, without its subcharts, read of what
 * they see: values, release, chart and the other facts.
 *
 * @throws HandlebarsFault TEMPLATE_SYNTAX, CHART_TOO_LARGE
 */
export function valueReadsOf(chart: Chart): ValueRead[] {
  const own = chart.templates.filter(({ name }) => name.endsWith('.hbs'))
  return valueReads(
    own.map(({ name, data }) => {
      const partial = /(?:^|\/)_[^/]*$/.test(name) ? partialName(name) : undefined
      return { path: name, source: fromBytes(data), partial }
    }),
  )
}
