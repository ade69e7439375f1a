import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { holdsNames } from './schema-drafts.ts'

/**
 * Prints TypeScript types for the values that a schema describes.
 *
 * @param schema values.schema.json of any draft; it may refer to its own parts alone
 * @param name of the outermost type
 */
export async function valuesTypes(schema: JsonObject, name = 'Values'): Promise<string> {
  const { compile } = await import('json-schema-to-typescript')
  const older = { ...(toDraft7(schema) as JsonObject), title: name }
  return compile(older, name, {
    bannerComment: '',
    additionalProperties: false,
    declareExternallyReferenced: true,
    // No reference is followed out of the schema: neither to files nor to the network.
    $refOptions: { resolve: { external: false, file: false, http: false } },
    style: { semi: false, singleQuote: true },
  })
}

/** Rewrites keywords of 2019-09 and 2020-12 as draft 7 has them, at every depth. */
function toDraft7(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(toDraft7)
  if (!isJsonObject(schema)) return schema
  const entries = Object.entries(schema).flatMap(([keyword, value]): [string, Json][] => {
    if (keyword === '$schema') return []
    if (keyword === '$ref' && typeof value === 'string') {
      return [[keyword, value.replace('#/$defs/', '#/definitions/')]]
    }
    if (keyword === 'const' || keyword === 'enum' || keyword === 'default')
      return [[keyword, value]]
    if (keyword === 'items' && schema['prefixItems'] !== undefined) {
      return [['additionalItems', toDraft7(value)]]
    }
    const isMap = holdsNames(keyword) && isJsonObject(value)
    return [[RENAMED.get(keyword) ?? keyword, isMap ? mapToDraft7(value) : toDraft7(value)]]
  })
  return Object.fromEntries(saysNothing(schema) ? [...entries, ['tsType', 'unknown']] : entries)
}

/** What only describes a value takes any; the generator would make an object of it. */
function saysNothing(schema: JsonObject): boolean {
  const keywords = Object.keys(schema)
  return keywords.length > 0 && keywords.every((keyword) => DESCRIBING.has(keyword))
}

const DESCRIBING = new Set(
  'title description default examples deprecated readOnly writeOnly $comment'.split(' '),
)

/** Names in these are a person's own, whatever keyword they look like. */
function mapToDraft7(schemas: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schemas).map(([name, each]) => [name, toDraft7(each)]))
}

const RENAMED = new Map([
  ['$defs', 'definitions'],
  ['prefixItems', 'items'],
  ['dependentSchemas', 'dependencies'],
])
