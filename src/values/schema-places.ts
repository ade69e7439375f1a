import { isJsonObject, type Json } from '../base/json.ts'
import type { Draft } from './drafts.ts'
import { isList, isMap, type SchemaMap, type SchemaValue } from './schema-json.ts'
import { pointerTo, splitReference } from './schema-uri.ts'

/** The keyword that gives a schema its URL. */
export function idKeyword(draft: Draft): 'id' | '$id' {
  return draft === 4 ? 'id' : '$id'
}

/** The URL a schema gives itself, without fragment; empty when there is none. */
export function idOf(schema: SchemaMap, draft: Draft): string {
  // Before 2019, all that stands beside `$ref` is ignored.
  if (draft < 2019 && schema.has('$ref')) return ''
  const id = schema.get(idKeyword(draft))
  return typeof id === 'string' ? splitReference(id).url : ''
}

/** The schemas right inside a schema, with their JSON pointers. */
export function subschemasOf(
  schema: SchemaMap,
  draft: Draft,
  pointer: string,
): [string, SchemaValue][] {
  const found: [string, SchemaValue][] = []
  for (const [keyword, value] of schema) {
    const place = PLACES.get(keyword)
    if (place === undefined || draft < place.since) continue
    const path = pointerTo(pointer, keyword)
    if (place.holds.startsWith('one') && !isList(value)) found.push([path, value])
    if (place.holds === 'map' && isMap(value)) {
      for (const [key, item] of value) found.push([pointerTo(path, key), item])
    }
    if (place.holds.endsWith('list') && isList(value)) {
      for (const [at, item] of value.entries()) found.push([pointerTo(path, String(at)), item])
    }
  }
  return found
}

/** Whether a keyword of any draft has a map as its value whose names are a person's own. */
export function holdsNames(keyword: string): boolean {
  return PLACES.get(keyword)?.holds === 'map'
}

/** The schemas that a keyword of any draft leads to, with the steps to each from its schema. */
export function schemasUnder(keyword: string, value: Json): [steps: string[], schema: Json][] {
  const holds = PLACES.get(keyword)?.holds
  if (Array.isArray(value)) {
    if (holds?.endsWith('list') !== true) return []
    return value.map((each, at) => [[keyword, String(at)], each])
  }
  if (holds?.startsWith('one') === true) return [[[keyword], value]]
  if (holds !== 'map' || !isJsonObject(value)) return []
  return Object.entries(value).map(([name, each]) => [[keyword, name], each])
}

interface Place {
  since: Draft
  /** What the keyword's value is: a schema, a list of them, either, or a map of them. */
  holds: 'one' | 'list' | 'one or list' | 'map'
}

const PLACES = new Map<string, Place>([
  ['definitions', { since: 4, holds: 'map' }],
  ['not', { since: 4, holds: 'one' }],
  ['allOf', { since: 4, holds: 'list' }],
  ['anyOf', { since: 4, holds: 'list' }],
  ['oneOf', { since: 4, holds: 'list' }],
  ['properties', { since: 4, holds: 'map' }],
  ['additionalProperties', { since: 4, holds: 'one' }],
  ['patternProperties', { since: 4, holds: 'map' }],
  ['items', { since: 4, holds: 'one or list' }],
  ['additionalItems', { since: 4, holds: 'one' }],
  ['dependencies', { since: 4, holds: 'map' }],
  ['propertyNames', { since: 6, holds: 'one' }],
  ['contains', { since: 6, holds: 'one' }],
  ['if', { since: 7, holds: 'one' }],
  ['then', { since: 7, holds: 'one' }],
  ['else', { since: 7, holds: 'one' }],
  ['$defs', { since: 2019, holds: 'map' }],
  ['dependentSchemas', { since: 2019, holds: 'map' }],
  ['unevaluatedProperties', { since: 2019, holds: 'one' }],
  ['unevaluatedItems', { since: 2019, holds: 'one' }],
  ['contentSchema', { since: 2019, holds: 'one' }],
  ['prefixItems', { since: 2020, holds: 'list' }],
])
