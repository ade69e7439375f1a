/*
 * Sees that values meet a schema without compiling it, which takes longer than all else that is done
 * about most schemas. It never decides that values are wrong: of whatever it does not know it says no,
 * and the schema is compiled.
 */
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { GoInt, type GoMap, type Value } from '../golang/value.ts'
import type { PlainSchema } from './plain-schema.ts'

/** Whether a value meets a schema beyond doubt. */
export function surelyMeets(schema: PlainSchema, value: Value): boolean {
  return meets(schema.root, value, { schema, steps: 0, depth: 0 })
}

interface Run {
  readonly schema: PlainSchema
  steps: number
  depth: number
}

const MOST_STEPS = 100_000
const MAX_DEPTH = 500

function meets(schema: Json, value: Value, run: Run): boolean {
  if (!isJsonObject(schema)) return schema === true
  // References may lead to each other.
  if (++run.steps > MOST_STEPS || run.depth === MAX_DEPTH) return false
  run.depth++
  const isMet = meetsAll(schema, value, run)
  run.depth--
  return isMet
}

function meetsAll(schema: JsonObject, value: Value, run: Run): boolean {
  if (!isJson(value)) return false
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

/** What a keyword's check may look at besides. */
interface Around {
  /** The schema that the keyword stands in. */
  schema: JsonObject
  run: Run
}

type Check = (limit: Json, value: Value, around: Around) => boolean

/** Plain schemas have no other keywords that say anything of values. */
const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['type', (types, value) => isOfType(types, value)],
  ['properties', (_, value, around) => !(value instanceof Map) || meetProperties(value, around)],
  [
    'additionalProperties',
    (_, value, around) =>
      around.schema['properties'] !== undefined ||
      !(value instanceof Map) ||
      meetProperties(value, around),
  ],
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
  ['minimum', (limit, value) => isWithin(value, limit, (number, least) => number >= least)],
  ['maximum', (limit, value) => isWithin(value, limit, (number, most) => number <= most)],
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
  ['pattern', isNoText],
  ['uniqueItems', (wanted, value) => wanted === false || !Array.isArray(value) || value.length < 2],
  ['contains', (_, value, { run }) => run.schema.draft < 6 || !Array.isArray(value)],
  ['patternProperties', isNoMap],
  ['propertyNames', isNoMap],
  // From 2019 on it is a note.
  ['format', (_, value, { run }) => run.schema.draft >= 2019 || typeof value !== 'string'],
  ...unknown('exclusiveMaximum', 'exclusiveMinimum', 'if', 'not', 'oneOf'),
])

function unknown(...keywords: string[]): [string, Check][] {
  return keywords.map((keyword) => [keyword, () => false])
}

function isNoText(_: Json, value: Value): boolean {
  return typeof value !== 'string'
}

function isNoMap(_: Json, value: Value): boolean {
  return !(value instanceof Map)
}

function isJson(value: Value): boolean {
  if (isPrimitive(value) || typeof value === 'number') return true
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
  const { properties, additionalProperties: others = true } = schema
  for (const [name, value] of map) {
    const isDeclared = isJsonObject(properties) && Object.hasOwn(properties, name)
    const wanted = isDeclared ? (properties[name] as Json) : others
    if (wanted !== true && !meets(wanted, value, run)) return false
  }
  return true
}

function meetItems(schema: Json, list: readonly Value[], run: Run): boolean {
  return list.every((item) => meets(schema, item, run))
}
