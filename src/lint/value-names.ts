import { nearest } from '../base/nearest.ts'
import { isJsonObject, type JsonObject } from '../base/json.ts'
import type { Chart } from '../chart/chart.ts'
import { decodeJsonPlain } from '../encoding/json.ts'
import { spanIn } from '../encoding/yaml-span.ts'
import { fromBytes } from '../golang/bytes.ts'
import { GoError, type GoMap, type Value } from '../golang/value.ts'
import { valueReadsOf } from '../render/value-reads.ts'
import { undeclaredName } from '../values/schema-names.ts'
import type { Findings, Severity } from './finding.ts'

/**
 * Tells of what Handlebars templates read though it cannot be there, which prints nothing: a
 * value is an error where the schema is closed there, and a warning where values.yaml has a name
 * that is nearly the same; facts that no template has are errors.
 *
 * @param chart one whose templates could be rendered
 */
export function lintValueNames(chart: Chart, findings: Findings): void {
  const schema = schemaOf(chart)
  const texts = new Map(chart.templates.map(({ name, data }) => [name, fromBytes(data)]))
  for (const { file, path: whole, place } of valueReadsOf(chart)) {
    const [root = '', ...path] = whole
    const isValue = root.toLowerCase() === 'values'
    if (isValue && isOfOthers(chart, path[0])) continue
    const problem = isValue
      ? ((schema && forbidden(undeclaredName(schema, path), path)) ?? misspelt(chart.values, path))
      : missingFact(root, path[0] ?? '')
    if (problem === undefined) continue
    const span = spanIn({ name: file, text: texts.get(file) ?? '' }, place.line, place.column + 1)
    findings.check(
      { severity: problem.severity, path: file, span },
      `line ${place.line}: ${problem.message}`,
    )
  }
}

/** What templates see beside values, with the fields of what has the same ones everywhere. */
const FACTS: Readonly<Record<string, readonly string[] | undefined>> = {
  values: undefined,
  release: ['name', 'namespace', 'revision', 'isInstall', 'isUpgrade', 'service'],
  capabilities: ['kubeVersion', 'apiVersions', 'helmVersion'],
  template: ['name', 'basePath'],
  chart: undefined,
  files: undefined,
  subcharts: undefined,
}

/** A fact is found whatever the case of its letters. */
function missingFact(root: string, field: string): Problem | undefined {
  const known = Object.keys(FACTS)
  const fact = known.find((name) => name.toLowerCase() === root.toLowerCase())
  if (fact === undefined) return misspeltFact(root, field, nearest(root, known))
  const fields = FACTS[fact]
  if (fields?.every((name) => name.toLowerCase() !== field.toLowerCase()) !== true) return undefined
  const message = `${root}.${field} is read, but ${fact} has only ${fields.join(', ')}`
  return { severity: 'error', message }
}

/** Other names are those of charts and partials. */
function misspeltFact(root: string, field: string, meant: string | undefined): Problem | undefined {
  if (meant === undefined || root.length < SHORT) return undefined
  const message = `${root}.${field} is read, but templates see no "${root}"; did you mean "${meant}"?`
  return { severity: 'warning', message }
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

interface Problem {
  severity: Severity
  message: string
}

/** Globals and the values of subcharts stand in no schema. */
function isOfOthers(chart: Chart, name: string | undefined): boolean {
  return (
    name === 'global' ||
    chart.subcharts.some((each) => each.metadata.name === name) ||
    (chart.metadata.dependencies ?? []).some((each) => name === (each?.alias ?? each?.name))
  )
}

function forbidden(
  undeclared: ReturnType<typeof undeclaredName>,
  path: readonly string[],
): Problem | undefined {
  if (undeclared === undefined) return undefined
  const { at, declared } = undeclared
  const name = ['values', ...path.slice(0, at + 1)].join('.')
  const meant = nearest(path[at] ?? '', declared)
  const advice = meant === undefined ? 'declare it there' : `did you mean "${meant}"?`
  return {
    severity: 'error',
    message: `${name} is read, but values.schema.json allows no such value; ${advice}`,
  }
}

/** A name that values.yaml lacks may be one that only people give, unless it has its like. */
function misspelt(values: GoMap, path: readonly string[]): Problem | undefined {
  let here: Value | undefined = values
  for (const [at, name] of path.entries()) {
    if (!(here instanceof Map)) return undefined
    if (!here.has(name)) {
      const meant = name.length < SHORT ? undefined : nearest(name, [...here.keys()])
      if (meant === undefined) return undefined
      const read = ['values', ...path.slice(0, at + 1)].join('.')
      return {
        severity: 'warning',
        message: `${read} is read, but values.yaml has "${meant}" there`,
      }
    }
    here = here.get(name)
  }
  return undefined
}

/** Letters below which names are alike by chance: `port` and `host`. */
const SHORT = 6
