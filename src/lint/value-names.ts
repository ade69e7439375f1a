import type { Chart } from '../chart/chart.ts'
import { isJsonObject, type JsonObject } from '../base/json.ts'
import { decodeJsonPlain } from '../encoding/json.ts'
import { spanIn } from '../encoding/yaml-span.ts'
import { fromBytes } from '../golang/bytes.ts'
import { GoError } from '../golang/value.ts'
import { isHelper, valueReadsOf, type ValueRead } from '../render/value-reads.ts'
import { bareName, missingFact } from './fact-names.ts'
import type { Findings } from './finding.ts'
import { isFact, KnownValues, type Problem } from './known-values.ts'

/**
 * Tells of what Handlebars templates read though it cannot be there, which prints nothing, in
 * branches that do not run too: a value is an error where the schema is closed there, and a
 * warning where the schema or values.yaml has a name that is nearly the same; facts that no
 * template has are errors, and so is what lies outside of a file.
 *
 * @param chart one whose templates could be rendered
 */
export function lintValueNames(chart: Chart, findings: Findings): void {
  const texts = new Map(chart.templates.map(({ name, data }) => [name, fromBytes(data)]))
  const tell = (file: string, place: ValueRead['place'], problem: Problem): void => {
    const span = spanIn({ name: file, text: texts.get(file) ?? '' }, place.line, place.column + 1)
    const message = `line ${place.line}: ${problem.message}`
    findings.check({ severity: problem.severity, path: file, span }, message)
  }
  const { reads, given, faults } = valueReadsOf(chart)
  for (const { file, place, message } of faults) {
    tell(file, place ?? { line: 1, column: 0 }, { severity: 'error', message })
  }
  const names: NameRules = { chart, given, known: new KnownValues(chart.values, schemaOf(chart)) }
  for (const read of reads) {
    const problem = problemOf(read, names)
    if (problem !== undefined) tell(read.file, read.place, problem)
  }
}

interface NameRules {
  chart: Chart
  /** What calls give to partials. */
  given: ReadonlySet<string>
  known: KnownValues
}

function problemOf(read: ValueRead, names: NameRules): Problem | undefined {
  const { context } = read
  if (context.kind === 'nothing') return outside(read)
  return context.kind === 'value' ? ofValue(read, [...context.path], names) : ofAll(read, names)
}

/** Undefined also for one that cannot be read, which the check of values tells of. */
function schemaOf({ schema }: Chart): JsonObject | undefined {
  if (schema === undefined) return undefined
  try {
    const decoded = decodeJsonPlain(fromBytes(schema))
    return isJsonObject(decoded) ? decoded : undefined
  } catch (error) {
    if (error instanceof GoError) return undefined
    throw error
  }
}

function outside({ path, isInPartial }: ValueRead): Problem {
  const name = path.join('.')
  const why = isInPartial
    ? 'a partial sees nothing of what lies around its call'
    : 'nothing lies around the template there'
  return {
    severity: 'error',
    message: `../${name} is read, but ${why}; write @root.${name} or fewer "../"`,
  }
}

/** What is read of all that templates see. */
function ofAll(read: ValueRead, { chart, given, known }: NameRules): Problem | undefined {
  const { path: whole, isInPartial, isArgument } = read
  const [root = '', ...path] = whole
  if (root.toLowerCase() !== 'values') {
    if (given.has(root)) return undefined
    if (path.length > 0 && isFact(root)) return missingFact(root, path[0] ?? '')
    if (read.context.kind === 'all' && read.context.mayHaveMore === true) return undefined
    const isCall = isArgument && path.length === 0 && isHelper(root)
    return bareName(whole, { isCall, isInPartial, values: known.namesAt([]) })
  }
  if (path.length === 0 || isOfOthers(chart, path[0])) return undefined
  return known.forbidden(path, 0) ?? known.misspelt(path, 0)
}

/** What is read of one value, or of an item: a fact is not there. */
function ofValue(
  read: ValueRead,
  context: string[],
  { chart, known }: NameRules,
): Problem | undefined {
  if (isOfOthers(chart, context[0])) return undefined
  const whole = [...context, ...read.path]
  return (
    known.lostFact(read.path, context) ??
    known.forbidden(whole, context.length) ??
    known.misspelt(whole, context.length)
  )
}

/** Globals and the values of subcharts stand in no schema. */
function isOfOthers(chart: Chart, name: string | undefined): boolean {
  return (
    name === 'global' ||
    chart.subcharts.some((each) => each.metadata.name === name) ||
    (chart.metadata.dependencies ?? []).some((each) => name === (each?.alias ?? each?.name))
  )
}
