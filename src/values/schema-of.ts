import type { Json, JsonObject } from '../base/json.ts'
import { decodeYaml, decodeYamlMap } from '../encoding/yaml-decode.ts'
import { decodeJsonPlain, encodeJson } from '../encoding/json.ts'
import { YamlError } from '../encoding/yaml-error.ts'
import { yamlComments } from '../encoding/yaml-locate.ts'
import type { YamlDialect } from '../encoding/yaml-resolve.ts'
import { GoInt, type GoMap, type Value } from '../golang/value.ts'
import { meantKeyword } from './schema-words.ts'

/**
 * Infers a values.schema.json from a values.yaml: types and defaults from its values,
 * descriptions from the comments above the keys, and what comments say with `@schema`.
 *
 * Two styles of comments are read: `# -- text` as helm-docs has it, and `# @schema` with
 * YAML behind it (`# @schema type: [integer, "null"]; minimum: 1`) or on the lines below,
 * up to a second `# @schema`. A plain comment is a description too.
 *
 * @param text values.yaml
 * @param onWarning told of `@schema` comments that say nothing
 * @returns a schema of draft 7, which editors and generators of types know best
 * @throws YamlError when the text is no YAML
 */
export function inferSchema(
  text: string,
  dialect: YamlDialect = 'helm',
  onWarning: (warning: string) => void = () => undefined,
): JsonObject {
  const notes = new Map<string, Note>()
  for (const { path, comment } of yamlComments(text)) {
    const warn = (what: string): void => onWarning(`values.yaml: above ${path.join('.')}: ${what}`)
    notes.set(keyOf(path), readComment(comment, warn))
  }
  const values = decodeYamlMap(text, { dialect })
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...schemaOfMap(values, { notes, path: [] }),
  }
}

interface Note {
  description: string
  /** Keywords that the comment gives; they win over what the value tells. */
  keywords: JsonObject
}

interface Place {
  notes: ReadonlyMap<string, Note>
  path: readonly (string | number)[]
}

function schemaOfMap(values: GoMap, { notes, path }: Place): JsonObject {
  const properties: [string, Json][] = []
  for (const [key, value] of values) {
    properties.push([key, schemaOf(value, { notes, path: [...path, key] })])
  }
  return { type: 'object', properties: fromEntries(properties) }
}

function schemaOf(value: Value, place: Place): JsonObject {
  const note = place.notes.get(keyOf(place.path))
  const description = note?.description ?? ''
  return {
    ...(description === '' ? {} : { description }),
    ...schemaOfValue(value, place),
    ...note?.keywords,
  }
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

/** Items have one schema when they are all of one type. */
function itemsOf(list: readonly Value[], { notes, path }: Place): JsonObject {
  const [first] = list
  if (first === undefined || first === null) return {}
  if (list.some((item) => typeOf(item) !== typeOf(first))) return {}
  if (!(first instanceof Map)) return { items: { type: typeOf(first) } }
  const merged: GoMap = new Map()
  for (const item of list) {
    if (item instanceof Map) for (const [key, value] of item) merged.set(key, value)
  }
  return { items: withoutDefaults(schemaOfMap(merged, { notes, path: [...path, 0] })) }
}

function typeOf(value: Value): string {
  if (value instanceof Map) return 'object'
  if (Array.isArray(value)) return 'array'
  if (value instanceof GoInt) return 'integer'
  // YAML 1.1 makes 8080 a float64; a person who writes no fraction means none.
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value === 'boolean' ? 'boolean' : 'string'
}

function withoutDefaults(schema: JsonObject): JsonObject {
  const kept = Object.entries(schema).filter(([key]) => key !== 'default')
  return fromEntries(
    kept.map(([key, value]) => {
      if (key !== 'properties' || typeof value !== 'object' || value === null) return [key, value]
      const inner = Object.entries(value as JsonObject)
      return [
        key,
        fromEntries(inner.map(([name, each]) => [name, withoutDefaults(each as JsonObject)])),
      ]
    }),
  )
}

function readComment(comment: string, warn: (what: string) => void): Note {
  const description: string[] = []
  const hints: string[] = []
  let isInHints = false
  for (const line of comment.split('\n').map((each) => each.trim())) {
    const hint = /^@schema\b[:\s]*(.*)$/.exec(line)
    if (hint !== null) {
      const inline = hint[1] ?? ''
      if (inline === '') isInHints = !isInHints
      else hints.push(...inline.split(';'))
    } else if (isInHints) hints.push(line)
    else if (!line.startsWith('@')) description.push(line.replace(/^--\s*/, ''))
  }
  return { description: description.join(' ').trim(), keywords: readHints(hints, warn) }
}

/** Hints that are no YAML are left aside: a comment may say what it likes. */
function readHints(hints: readonly string[], warn: (what: string) => void): JsonObject {
  const text = hints.map((hint) => hint.trim()).join('\n')
  const keywords = keywordsIn(text)
  if (keywords === undefined) {
    const what = text.split('\n').join('; ')
    if (what !== '') warn(`"@schema ${what}" gives no keywords, as "@schema minimum: 1" does`)
    return {}
  }
  for (const word of Object.keys(keywords)) {
    const meant = meantKeyword(word)
    if (meant !== undefined) warn(`"${word}" is no keyword of a schema; did you mean "${meant}"?`)
  }
  return keywords
}

function keywordsIn(text: string): JsonObject | undefined {
  try {
    const read = decodeYaml(text, { dialect: 'core' })
    return read instanceof Map ? (decodeJsonPlain(encodeJson(read)) as JsonObject) : undefined
  } catch (error) {
    if (error instanceof YamlError) return undefined
    throw error
  }
}

/** An object in which `__proto__` is a key like any other. */
function fromEntries(entries: readonly (readonly [string, Json])[]): JsonObject {
  return Object.fromEntries(entries)
}

function keyOf(path: readonly (string | number)[]): string {
  return JSON.stringify(path)
}
