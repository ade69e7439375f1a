import { PkgError, type SourceSpan } from '../base/errors.ts'
import { isJsonObject } from '../base/json.ts'
import { nearest } from '../base/nearest.ts'
import type { Chart } from '../chart/chart.ts'
import { decodeJsonPlain } from '../encoding/json.ts'
import { fromBytes } from '../golang/bytes.ts'
import { GoError, typeName, type GoMap } from '../golang/value.ts'
import { readPlainSchema } from './plain-schema.ts'
import { surelyMeets } from './quick-check.ts'
import { compileSchema } from './schema-compile.ts'
import { describeFailure, leavesOf, type Failure } from './schema-failure.ts'
import { declaredNames } from './schema-names.ts'
import { spanOfSchemaError } from './schema-span.ts'
import { pointerTo } from './schema-uri.ts'
import { validateSchema } from './schema-validate.ts'

/** Finds the line of a person's own file that sets the value at a path; undefined if none does. */
export type LocateValue = (path: readonly string[]) => SourceSpan | undefined

/**
 * Checks coalesced values by the values.schema.json of the chart and of each subchart that
 * is on. All that is wrong is reported at once, in Helm's words.
 *
 * Drafts 4, 6, 7, 2019-09 and 2020-12; references to other files and URLs are refused.
 *
 * Source: Helm 4.1.4 pkg/chart/common/util/jsonschema.go, `ValidateAgainstSchema`.
 *
 * @param locate finds where a value comes from, to point at it
 * @throws PkgError VALUES_REJECTED, or SCHEMA_INVALID when only the schemas are to blame
 */
export function validateValues(chart: Chart, values: GoMap, locate?: LocateValue): void {
  const rejections: Rejection[] = []
  collectRejections(chart, { values, path: [] }, rejections)
  if (rejections.length === 0) return
  throw rejectedError(rejections, locate)
}

/**
 * Checks values by one schema.
 *
 * @param schema text of a values.schema.json
 * @returns what Helm prints below the chart's name, or undefined when all is well
 */
export function checkAgainstSchema(schema: Uint8Array, values: GoMap): SchemaFinding | undefined {
  const text = fromBytes(schema)
  const plain = readPlainSchema(text)
  if (plain !== undefined && surelyMeets(plain, values)) return undefined
  try {
    const failure = validateSchema(compileSchema(text, plain), values)
    if (failure === undefined) return undefined
    const [, ...lines] = describeFailure(failure).split('\n')
    return { text: `${lines.join('\n')}\n`, failure }
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    return { text: error.message, failure: undefined }
  }
}

export interface SchemaFinding {
  text: string
  /** Undefined when the schema itself cannot be used. */
  failure: Failure | undefined
}

interface Rejection {
  text: string
  chart: Chart
  /** Names from the root chart's values to the ones that were checked. */
  path: readonly string[]
  failure: Failure | undefined
  isSchemaToBlame: boolean
}

interface Section {
  values: GoMap
  path: readonly string[]
}

function collectRejections(chart: Chart, { values, path }: Section, found: Rejection[]): void {
  const { name } = chart.metadata
  const finding = chart.schema && checkAgainstSchema(chart.schema, values)
  if (finding !== undefined) {
    const { text, failure } = finding
    const isSchemaToBlame = failure === undefined
    found.push({ text: `${name}:\n${text}`, chart, path, failure, isSchemaToBlame })
  }
  for (const subchart of chart.subcharts) {
    const key = subchart.metadata.name
    const inner = values.get(key) ?? null
    if (inner instanceof Map) {
      collectRejections(subchart, { values: inner, path: [...path, key] }, found)
    } else if (inner !== null) {
      const problem = `invalid type for values: expected object (map), got ${typeName(inner)}`
      const text = `${key}:\n${problem}\n`
      found.push({
        text,
        chart: subchart,
        path: [...path, key],
        failure: undefined,
        isSchemaToBlame: false,
      })
    }
  }
}

const HEADING = "values don't meet the specifications of the schema(s) in the following chart(s):\n"

function rejectedError(rejections: readonly Rejection[], locate?: LocateValue): PkgError {
  const message = HEADING + rejections.map(({ text }) => text).join('')
  if (rejections.every(({ isSchemaToBlame }) => isSchemaToBlame)) {
    return new PkgError('SCHEMA_INVALID', message, {
      span: spanOfSchema(rejections),
      hint: 'Correct values.schema.json, or pass --skip-schema-validation to go without it.',
    })
  }
  const places = rejections.flatMap(placesOf).map((place) => ({
    ...place,
    span: locate?.(place.path),
  }))
  const subchart = places.find(({ isSubchart }) => isSubchart === true)?.path.at(-1)
  return new PkgError('VALUES_REJECTED', message, {
    span: places.find(({ span }) => span !== undefined)?.span,
    details: [...new Set(places.flatMap(describePlace))],
    hint:
      subchart === undefined
        ? 'Change these values in your files or flags, or pass --skip-schema-validation.'
        : `"${subchart}" holds the values of a subchart: declare it in values.schema.json, as {"type": "object"}.`,
  })
}

function isNameOfSubchart({ subcharts }: Chart, name: string): boolean {
  return subcharts.some(({ metadata }) => metadata.name === name)
}

/** Where the first of the schemas is wrong. */
function spanOfSchema([first]: readonly Rejection[]): SourceSpan | undefined {
  if (first === undefined) return undefined
  const { chart, path, text: message } = first
  const name = `${path.map((each) => `charts/${each}/`).join('')}values.schema.json`
  return spanOfSchemaError({ name, text: fromBytes(chart.schema ?? new Uint8Array()) }, message)
}

interface Place {
  path: readonly string[]
  /** The name that was most likely wanted instead of the path's last. */
  meant?: string | undefined
  /** The values of a subchart, which the schema of the chart above does not declare. */
  isSubchart?: boolean
}

/** Where a schema's complaints are; a name that is not allowed is a place of its own. */
function placesOf({ chart, path, failure }: Rejection): Place[] {
  if (failure === undefined) return [{ path }]
  return leavesOf(failure).flatMap((leaf): Place[] => {
    const outer = [...path, ...leaf.path]
    if (leaf.refused === undefined) return [{ path: outer, meant: meantInstead(chart, leaf) }]
    const { names, declared } = leaf.refused
    return names.map((name) => {
      const isSubchart = leaf.path.length === 0 && isNameOfSubchart(chart, name)
      return { path: [...outer, name], isSubchart, meant: nearest(name, declared) }
    })
  })
}

/** A name that `unevaluatedProperties: false` refuses is told as a value whose schema is `false`. */
function meantInstead({ schema }: Chart, { text, path }: Failure): string | undefined {
  const name = path.at(-1)
  if (schema === undefined || text !== 'false schema' || name === undefined) return undefined
  const whole = decodeJsonPlain(fromBytes(schema))
  const declared = isJsonObject(whole) ? declaredNames(whole, path.slice(0, -1)) : undefined
  return declared?.includes(name) === true ? undefined : nearest(name, declared ?? [])
}

function describePlace({ path, meant, span }: Place & { span: SourceSpan | undefined }): string[] {
  const place = pointerTo('', ...path) || '/'
  const advice = meant === undefined ? '' : `did you mean "${meant}"?`
  if (span === undefined) return advice === '' ? [] : [`${place}: ${advice}`]
  const { file, line } = span
  const source = line === undefined ? `by ${file}` : `in ${file}:${line}`
  return [`${place} is set ${source}${advice && `; ${advice}`}`]
}
