import type { Json, JsonObject } from '../base/json.ts'
import { decodeYamlMap } from '../encoding/yaml-decode.ts'
import { decodeJsonPlain, encodeJson } from '../encoding/json.ts'
import type { YamlPath } from '../encoding/yaml-locate.ts'
import type { YamlDialect } from '../encoding/yaml-resolve.ts'
import { GoInt, type GoMap, type Value } from '../golang/value.ts'
import {
  DRAFT,
  keyOf,
  problemOfSchema,
  readNotes,
  refersToOthers,
  type Note,
} from './schema-comments.ts'

export interface InferenceOptions {
  dialect?: YamlDialect
  /** What a chart reads of the text; by default its first document. */
  values?: GoMap
  /** Told of comments that are meant for a schema and say nothing. */
  onWarning?: ((warning: string) => void) | undefined
}

/**
 * Infers a values.schema.json from a values.yaml: types and defaults from its values,
 * descriptions and more from its comments. The schema takes the values it was made of.
 *
 * @param text values.yaml
 * @returns a schema of draft 7, which editors and generators of types know best
 * @throws YamlError when the text is no YAML
 */
export function inferSchema(text: string, options: InferenceOptions = {}): JsonObject {
  const { dialect = 'helm', values = decodeYamlMap(text, { dialect }), onWarning } = options
  const { notes, root } = readNotes(text, dialect, (line, what) =>
    onWarning?.(`values.yaml:${line}: ${what}`),
  )
  const schema = { $schema: DRAFT, ...schemaOfMap(values, { notes, path: [] }), ...root }
  const problem = refersToOthers(schema) ? problemOfSchema(schema) : undefined
  if (problem !== undefined) {
    onWarning?.(`values.yaml${lineOfReference(text, problem)}: no schema can have this: ${problem}`)
  }
  return schema
}

/** Of `json-pointer in "file:///values.schema.json#/definitions/x" not found` and its like. */
function lineOfReference(text: string, problem: string): string {
  const [, address = ''] = /"(?:file:\/\/\/values\.schema\.json)?([^"]+)"/.exec(problem) ?? []
  const at = address === '' ? -1 : text.indexOf(address)
  return at < 0 ? '' : `:${text.slice(0, at).split('\n').length}`
}

interface Place {
  notes: ReadonlyMap<string, Note>
  path: YamlPath
}

function schemaOfMap(values: GoMap, { notes, path }: Place): JsonObject {
  const properties: [string, Json][] = []
  const required: string[] = []
  for (const [key, value] of values) {
    const place = { notes, path: [...path, key] }
    properties.push([key, withNote(schemaOfValue(value, place), place)])
    if (notes.get(keyOf(place.path))?.isRequired === true) required.push(key)
  }
  return {
    type: 'object',
    properties: fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
  }
}

function withNote(schema: JsonObject, { notes, path }: Place): JsonObject {
  const note = notes.get(keyOf(path))
  if (note === undefined) return schema
  const { description, keywords, types } = note
  return {
    ...(description === '' ? {} : { description }),
    ...(types.length === 0 ? schema : withTypes(schema, types)),
    ...keywords,
  }
}

/** What is null by default may be so; of what may be anything no type is said. */
function withTypes(schema: JsonObject, types: readonly string[]): JsonObject {
  const { type, ...others } = schema
  const own = schema['default'] === null ? ['null'] : type === undefined ? [] : [type].flat()
  if (own.length === 0) return schema
  const all = [...new Set<Json>([...types, ...own])]
  const named = [...all.filter((each) => each !== 'null'), ...all.filter((each) => each === 'null')]
  const [only = 'null'] = named
  return { type: named.length === 1 ? only : named, ...others }
}

function schemaOfValue(value: Value, place: Place): JsonObject {
  // Nothing is known of a value that is null or empty by default, but that it may be so.
  if (value === null) return { default: null }
  if (value instanceof Map) {
    return value.size === 0 ? { type: 'object', default: {} } : schemaOfMap(value, place)
  }
  const fallback = { default: decodeJsonPlain(encodeJson(value)) }
  if (Array.isArray(value)) return { type: 'array', ...itemsOf(value, place), ...fallback }
  return { type: typeOf(value), ...fallback }
}

function itemsOf(list: readonly Value[], { notes, path }: Place): JsonObject {
  const items = schemaOfAll(list, { notes, path: [...path, 0] })
  return Object.keys(items).length === 0 ? {} : { items }
}

/**
 * One schema for values that stand in one place, as the items of a list do; it says nothing of
 * those of several types, and of those that are all null.
 */
function schemaOfAll(values: readonly Value[], place: Place): JsonObject {
  const types = new Set(values.filter((value) => value !== null).map(typeOf))
  if (types.has('number')) types.delete('integer')
  const [type] = types
  if (type === undefined || types.size > 1) return {}
  const inner = {
    ...propertiesOf(values, place),
    ...itemsOf(values.filter(Array.isArray).flat(), place),
  }
  return { type: values.includes(null) ? [type, 'null'] : type, ...inner }
}

function propertiesOf(values: readonly Value[], { notes, path }: Place): JsonObject {
  const all = new Map<string, Value[]>()
  for (const value of values) {
    if (!(value instanceof Map)) continue
    for (const [key, each] of value) {
      const known = all.get(key)
      if (known === undefined) all.set(key, [each])
      else known.push(each)
    }
  }
  if (all.size === 0) return {}
  const properties = [...all].map(([key, each]): [string, Json] => {
    const place = { notes, path: [...path, key] }
    return [key, withNote(schemaOfAll(each, place), place)]
  })
  return { properties: fromEntries(properties) }
}

function typeOf(value: Value): string {
  if (value instanceof Map) return 'object'
  if (Array.isArray(value)) return 'array'
  if (value instanceof GoInt) return 'integer'
  // YAML 1.1 makes 8080 a float64; a person who writes no fraction means none.
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value === 'boolean' ? 'boolean' : 'string'
}

/** An object in which `__proto__` is a key like any other. */
function fromEntries(entries: readonly (readonly [string, Json])[]): JsonObject {
  return Object.fromEntries(entries)
}
