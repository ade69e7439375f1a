import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'

/**
 * Tells which name of a path no values can have by a schema: the first that stands in a closed
 * object (`additionalProperties: false`) which does not declare it.
 *
 * @param schema values.schema.json
 * @returns its position in the path and the names that are declared in its place; undefined when
 *   the schema allows the path, or cannot tell
 */
export function undeclaredName(
  schema: JsonObject,
  path: readonly string[],
): { at: number; declared: string[] } | undefined {
  let here: Json[] = [schema]
  for (const [at, name] of path.entries()) {
    const must = closure(schema, here, MUST)
    const may = closure(schema, here, [...MUST, ...MAY])
    if (may.some((each) => each['patternProperties'] !== undefined)) return undefined
    const found = may.flatMap((each) => ownOf(propertiesOf(each), name) ?? [])
    const others = may.flatMap((each) => {
      const rest = each['additionalProperties']
      return isJsonObject(rest) ? [rest] : []
    })
    if (found.length === 0 && others.length === 0) {
      if (!must.some(isClosed)) return undefined
      return { at, declared: [...new Set(may.flatMap((each) => Object.keys(propertiesOf(each))))] }
    }
    here = found.length > 0 ? found : others
  }
  return undefined
}

/** Keywords whose schemas a value must obey, and those which it may come to obey. */
const MUST = ['allOf']
const MAY = ['anyOf', 'oneOf', 'if', 'then', 'else']

/** The schemas that hold for a value together with those it begins with. */
function closure(root: JsonObject, schemas: readonly Json[], keywords: string[]): JsonObject[] {
  const found = new Set<JsonObject>()
  const rest = [...schemas]
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (!isJsonObject(next) || found.has(next)) continue
    found.add(next)
    const reference = next['$ref']
    if (typeof reference === 'string') rest.push(referred(root, reference))
    for (const keyword of keywords) rest.push(...[next[keyword] ?? []].flat())
  }
  return [...found]
}

/** What a reference into the schema itself leads to; a schema that allows all for any other. */
function referred(root: JsonObject, reference: string): Json {
  if (!reference.startsWith('#/')) return {}
  let place: Json | undefined = root
  for (const part of decodeURIComponent(reference.slice(2)).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    place = isJsonObject(place) ? ownOf(place, key) : undefined
  }
  return place ?? {}
}

function propertiesOf(schema: JsonObject): JsonObject {
  const properties = schema['properties']
  return isJsonObject(properties) ? properties : {}
}

/** A schema may declare names that every object inherits. */
function ownOf(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

function isClosed(schema: JsonObject): boolean {
  return schema['additionalProperties'] === false || schema['unevaluatedProperties'] === false
}
