/*
 * Sees that values meet a schema without compiling it, which takes longer than all else that is done
 * about most schemas. It never refuses values: of whatever it does not know beyond doubt it says no, and
 * the schema is compiled.
 */
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { compileRegexp } from '../golang/regexp.ts'
import { GoInt, type GoMap, type Value } from '../golang/value.ts'
import type { PlainSchema } from './plain-schema.ts'

/** Whether a value meets a schema beyond doubt. */
export function surelyMeets(schema: PlainSchema, value: Value): boolean {
  return meets(schema.root, value, { schema, steps: 0, depth: 0 })
}

/** How far this has come; both questions may be asked of the same parts again and again. */
interface Run {
  readonly schema: PlainSchema
  steps: number
  depth: number
}

const MOST_STEPS = 100_000
const MAX_DEPTH = 500

/** Whether a value surely meets a schema. */
function meets(schema: Json, value: Value, run: Run): boolean {
  return isJsonObject(schema) ? within(run, meetsAll, schema, value) : schema === true
}

/** Whether a value surely does not meet a schema. */
function fails(schema: Json, value: Value, run: Run): boolean {
  return isJsonObject(schema) ? within(run, failsAny, schema, value) : schema === false
}

/** References may lead to each other: after too much of it nothing is sure. */
function within(
  run: Run,
  isSure: (schema: JsonObject, value: Value, run: Run) => boolean,
  schema: JsonObject,
  value: Value,
): boolean {
  if (!isJson(value) || ++run.steps > MOST_STEPS || run.depth === MAX_DEPTH) return false
  run.depth++
  const answer = isSure(schema, value, run)
  run.depth--
  return answer
}

function meetsAll(schema: JsonObject, value: Value, run: Run): boolean {
  const { draft, targets } = run.schema
  const reference = schema['$ref']
  if (typeof reference === 'string') {
    if (!meets(targets.get(reference) ?? false, value, run)) return false
    // All that stands beside it is ignored.
    if (draft < 2019) return true
  }
  for (const keyword of Object.keys(schema)) {
    const check = CHECKS.get(keyword)
    if (check !== undefined && !check(schema[keyword] as Json, value, { schema, run })) return false
  }
  return true
}

function failsAny(schema: JsonObject, value: Value, run: Run): boolean {
  const { draft, targets } = run.schema
  const reference = schema['$ref']
  if (typeof reference === 'string') {
    if (fails(targets.get(reference) ?? true, value, run)) return true
    if (draft < 2019) return false
  }
  return Object.keys(schema).some(
    (keyword) => REFUSALS.get(keyword)?.(schema[keyword] as Json, value, { schema, run }) === true,
  )
}

/** What a keyword's check may look at besides. */
interface Around {
  /** The schema that the keyword stands in. */
  schema: JsonObject
  run: Run
}

type Check = (limit: Json, value: Value, around: Around) => boolean

const PROPERTIES = ['properties', 'patternProperties', 'additionalProperties']

/** Plain schemas have no other keywords that say anything of values. */
const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['type', (types, value) => isOfType(types, value)],
  ...PROPERTIES.map((keyword): [string, Check] => [
    keyword,
    (_, value, around) =>
      !(value instanceof Map) ||
      // One of them answers for all.
      keyword !== PROPERTIES.find((each) => around.schema[each] !== undefined) ||
      meetProperties(value, around),
  ]),
  ['required', (names, value) => !(value instanceof Map) || hasAll(value, names as string[])],
  ['items', (schema, value, { run }) => !Array.isArray(value) || meetItems(schema, value, run)],
  ['enum', (values, value) => isPrimitive(value) && (values as Json[]).includes(value)],
  ['const', (wanted, value) => isPrimitive(value) && wanted === value],
  [
    'allOf',
    (schemas, value, { run }) => (schemas as Json[]).every((each) => meets(each, value, run)),
  ],
  [
    'anyOf',
    (schemas, value, { run }) => (schemas as Json[]).some((each) => meets(each, value, run)),
  ],
  ['oneOf', (schemas, value, { run }) => meetsOne(schemas as Json[], value, run)],
  ['not', (schema, value, { run }) => fails(schema, value, run)],
  ['if', meetsCondition],
  ['minimum', (limit, value) => isWithin(value, limit, (number, least) => number >= least)],
  ['maximum', (limit, value) => isWithin(value, limit, (number, most) => number <= most)],
  ['exclusiveMinimum', (limit, value) => isWithin(value, limit, (number, least) => number > least)],
  ['exclusiveMaximum', (limit, value) => isWithin(value, limit, (number, most) => number < most)],
  ['minItems', (least, value) => !Array.isArray(value) || value.length >= Number(least)],
  ['maxItems', (most, value) => !Array.isArray(value) || value.length <= Number(most)],
  ['minProperties', (least, value) => !(value instanceof Map) || value.size >= Number(least)],
  ['maxProperties', (most, value) => !(value instanceof Map) || value.size <= Number(most)],
  // A character takes one or two units.
  [
    'minLength',
    (least, value) => typeof value !== 'string' || Math.ceil(value.length / 2) >= Number(least),
  ],
  ['maxLength', (most, value) => typeof value !== 'string' || value.length <= Number(most)],
  ['pattern', (pattern, value) => typeof value !== 'string' || isMatch(pattern, value)],
  ['uniqueItems', (wanted, value) => wanted === false || !Array.isArray(value) || value.length < 2],
  ['contains', (_, value, { run }) => run.schema.draft < 6 || !Array.isArray(value)],
  ['propertyNames', (_, value) => !(value instanceof Map)],
  // From 2019 on it is a note.
  ['format', (_, value, { run }) => run.schema.draft >= 2019 || typeof value !== 'string'],
])

/** Keywords that can make sure that a value does not meet a schema. */
const REFUSALS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['type', (types, value) => !isOfType(types, value)],
  ['required', (names, value) => value instanceof Map && !hasAll(value, names as string[])],
  ...['properties', 'additionalProperties'].map((keyword): [string, Check] => [
    keyword,
    (_, value, around) => value instanceof Map && failProperties(value, around),
  ]),
  ['items', (schema, value, { run }) => Array.isArray(value) && failItems(schema, value, run)],
  // Plain schemas list nothing but what is primitive.
  ['enum', (values, value) => !isPrimitive(value) || !(values as Json[]).includes(value)],
  ['const', (wanted, value, { run }) => run.schema.draft >= 6 && isOther(wanted, value)],
  ['pattern', (pattern, value) => typeof value === 'string' && !isMatch(pattern, value)],
  [
    'allOf',
    (schemas, value, { run }) => (schemas as Json[]).some((each) => fails(each, value, run)),
  ],
  [
    'anyOf',
    (schemas, value, { run }) => (schemas as Json[]).every((each) => fails(each, value, run)),
  ],
  ['oneOf', (schemas, value, { run }) => failsOne(schemas as Json[], value, run)],
  ['not', (schema, value, { run }) => meets(schema, value, run)],
])

function meetsOne(schemas: readonly Json[], value: Value, run: Run): boolean {
  const met = schemas.filter((each) => meets(each, value, run))
  return met.length === 1 && schemas.every((each) => each === met[0] || fails(each, value, run))
}

function failsOne(schemas: readonly Json[], value: Value, run: Run): boolean {
  return (
    schemas.filter((each) => meets(each, value, run)).length > 1 ||
    schemas.every((each) => fails(each, value, run))
  )
}

function meetsCondition(condition: Json, value: Value, { schema, run }: Around): boolean {
  if (run.schema.draft < 7) return true
  const { then: next = true, else: other = true } = schema
  if (!meets(next, value, run)) return fails(condition, value, run) && meets(other, value, run)
  return meets(other, value, run) || meets(condition, value, run)
}

function isMatch(pattern: Json, text: string): boolean {
  return compileRegexp(pattern as string).test(text)
}

/** Whether two values surely differ; of numbers and what holds others nothing is said. */
function isOther(wanted: Json, value: Value): boolean {
  if (isPrimitive(value)) return wanted !== value
  return typeof wanted !== 'number' && (wanted === null || typeof wanted !== 'object')
}

/** What JSON has; of numbers it has those with an end. */
function isJson(value: Value): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (isPrimitive(value)) return true
  return value instanceof Map || Array.isArray(value) || value instanceof GoInt
}

function isPrimitive(value: Value): value is null | boolean | string {
  return value === null || typeof value === 'boolean' || typeof value === 'string'
}

function isOfType(types: Json, value: Value): boolean {
  if (Array.isArray(types)) return types.some((each) => isOfType(each, value))
  switch (types) {
    case 'object':
      return value instanceof Map
    case 'array':
      return Array.isArray(value)
    case 'null':
      return value === null
    case 'number':
      return typeof value === 'number' || value instanceof GoInt
    case 'integer':
      return Number.isInteger(value) || value instanceof GoInt
    default:
      return typeof value === types
  }
}

function isWithin(
  value: Value,
  limit: Json,
  isRight: (number: number, limit: number) => boolean,
): boolean {
  if (typeof value !== 'number' && !(value instanceof GoInt)) return isPrimitive(value)
  const number = typeof value === 'number' ? value : Number(value.value)
  // Of others a float64 is not exact.
  return [number, limit].every(Number.isSafeInteger) && isRight(number, limit as number)
}

function hasAll(map: GoMap, names: readonly string[]): boolean {
  return names.every((name) => map.has(name))
}

function meetProperties(map: GoMap, { schema, run }: Around): boolean {
  for (const [name, value] of map) {
    for (const wanted of schemasOf(name, schema)) {
      if (wanted !== true && !meets(wanted, value, run)) return false
    }
  }
  return true
}

function failProperties(map: GoMap, { schema, run }: Around): boolean {
  const { properties, patternProperties, additionalProperties } = schema
  const others = patternProperties === undefined ? additionalProperties : undefined
  for (const [name, value] of map) {
    const isDeclared = isJsonObject(properties) && Object.hasOwn(properties, name)
    const wanted = isDeclared ? properties[name] : others
    if (wanted !== undefined && fails(wanted, value, run)) return true
  }
  return false
}

/** The schemas that a property has to meet. */
function schemasOf(name: string, schema: JsonObject): Json[] {
  const { properties, patternProperties, additionalProperties: others = true } = schema
  const found: Json[] = []
  if (isJsonObject(properties) && Object.hasOwn(properties, name)) {
    found.push(properties[name] as Json)
  }
  if (isJsonObject(patternProperties)) {
    for (const pattern of Object.keys(patternProperties)) {
      if (isMatch(pattern, name)) found.push(patternProperties[pattern] as Json)
    }
  }
  return found.length === 0 ? [others] : found
}

function meetItems(schema: Json, list: readonly Value[], run: Run): boolean {
  return list.every((item) => meets(schema, item, run))
}

function failItems(schema: Json, list: readonly Value[], run: Run): boolean {
  return list.some((item) => fails(schema, item, run))
}
