import type { Chart } from '../chart/chart.ts'
import { fromBytes } from '../golang/bytes.ts'
import type { FunctionTable } from '../golang/function.ts'
import { BUILTINS } from '../gotmpl/builtins.ts'
import { isBlockHelper } from '../hbs/block-helpers.ts'
import { valueReads, type ValueReads } from '../hbs/value-reads.ts'
import { helmFunctions } from './functions.ts'
import { partialName } from './handlebars-renderer.ts'
import { lookupNothing } from './lookup.ts'

/** A place in a Handlebars file that reads a value. */
export type ValueRead = ValueReads['reads'][number]

/**
 * Lists where the Handlebars templates of a chart, without its subcharts, read of what
 * they see: values, release, chart and the other facts.
 */
export function valueReadsOf(chart: Chart): ValueReads {
  const own = chart.templates.filter(({ name }) => name.endsWith('.hbs'))
  const files = own.map(({ name, data }) => {
    const partial = /(?:^|\/)_[^/]*$/.test(name) ? partialName(name) : undefined
    return { path: name, source: fromBytes(data), partial }
  })
  return valueReads(files, (name) => isHelper(name))
}

/** Whether templates can call something by a name. */
export function isHelper(name: string): boolean {
  functions ??= helmFunctions({ lookup: lookupNothing })
  return (
    isBlockHelper(name) ||
    BUILTINS.has(name) ||
    functions.has(name) ||
    name === 'include' ||
    name === 'tpl'
  )
}

let functions: FunctionTable | undefined
