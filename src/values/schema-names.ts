import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'

/**
 * The names that a schema declares in the object at a path.
 *
 * @returns undefined where it declares none, or where the path itself is not declared
 */
export function declaredNames(schema: JsonObject, path: readonly string[]): string[] | undefined {
  let here: Json[] = [schema]
  for (const name of path) here = below(closure(schema, here, [...MUST, ...MAY]), name)
  const names = closure(schema, here, [...MUST, ...MAY]).flatMap((each) =>
    Object.keys(propertiesOf(each)),
  )
  return names.length === 0 ? undefined : [...new Set(names)]
}

/**
 * Tells which name of a path no values can have by a schema: the first that stands in a closed
 * object (`additionalProperties: false`) which does not declare it.
 *
 * @param schema values.schema.json
 * @param path names, or `*` for any item of a list or map
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
    here = below(may, name)
    if (here.length > 0) continue
    if (name === ITEM || !must.some(isClosed)) return undefined
    return { at, declared: [...new Set(may.flatMap((each) => Object.keys(propertiesOf(each))))] }
  }
  return undefined
}

/** Any item of a list or map. */
export const ITEM = '*'

/** The schemas of what lies under a name in values that obey some of these; none when none may. */
function below(schemas: readonly JsonObject[], name: string): Json[] {
  const found = schemas.flatMap((each) => ownOf(propertiesOf(each), name) ?? [])
  if (found.length > 0) return found
  const keywords = name === ITEM ? ['items', 'additionalProperties'] : ['additionalProperties']
  const others = schemas.flatMap((each) => keywords.map((keyword) => each[keyword]))
  return others.filter(isJsonObject)
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
