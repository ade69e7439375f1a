import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import type { LocalReferences } from './local-references.ts'
import { schemasUnder } from './schema-places.ts'
import { pointerTo } from './schema-uri.ts'

/** A schema and where it stands. */
export interface SchemaPart {
  schema: JsonObject
  pointer: string
}

/**
 * The schemas that values come to obey when other values want it: those of `then`, `else`,
 * `dependentSchemas` and `dependencies`, with all that such a schema is made of.
 */
export function conditionsOf(part: SchemaPart, references: LocalReferences): SchemaPart[] {
  const around = closure([part], ['allOf'], references)
  const conditions = around.flatMap((each) => [...CONDITIONAL].flatMap((word) => under(each, word)))
  return withAll(conditions, references)
}

/** Schemas together with all that they are made of, and with what these come to ask for. */
export function withAll(parts: readonly SchemaPart[], references: LocalReferences): SchemaPart[] {
  return closure(parts, [...BRANCHES, ...CONDITIONAL], references)
}

/**
 * Pointers to the schemas that others hold beside, for the same value: a name that one of them
 * gets may be declared by another.
 */
export function joinedSchemas(root: JsonObject, references: LocalReferences): Set<string> {
  const rest: SchemaPart[] = [{ schema: root, pointer: '' }]
  const joined: SchemaPart[] = []
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { schema, pointer } = next
    for (const [keyword, value] of Object.entries(schema)) {
      const parts = schemasUnder(keyword, value).flatMap(([steps, each]) => {
        return partAt(pointerTo(pointer, ...steps), each)
      })
      rest.push(...parts)
      if (BRANCHES.includes(keyword)) joined.push(...parts)
    }
    if (Object.keys(schema).length > 1) joined.push(...referredBy(next, references))
  }
  return new Set(closure(joined, BRANCHES, references).map(({ pointer }) => pointer))
}

/** Names that a schema declares in objects whatever their values are. */
export function ownNames(part: SchemaPart, references: LocalReferences): Set<string> {
  const parts = closure([part], BRANCHES, references)
  return new Set(parts.flatMap((each) => propertiesOf(each).map(([name]) => name)))
}

/** The properties that a schema declares itself. */
export function propertiesOf({ schema, pointer }: SchemaPart): [string, Json, string][] {
  const { properties } = schema
  if (!isJsonObject(properties)) return []
  return Object.entries(properties).map(([name, each]) => {
    return [name, each, pointerTo(pointer, 'properties', name)]
  })
}

/** Keywords whose schemas hold when something else does. */
export const CONDITIONAL: ReadonlySet<string> = new Set([
  'then',
  'else',
  'dependentSchemas',
  'dependencies',
])
const BRANCHES = ['allOf', 'anyOf', 'oneOf']

function closure(
  parts: readonly SchemaPart[],
  keywords: readonly string[],
  references: LocalReferences,
): SchemaPart[] {
  const found = new Map<string, SchemaPart>()
  const rest = parts.toReversed()
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (found.has(next.pointer)) continue
    found.set(next.pointer, next)
    const below = keywords.flatMap((keyword) => under(next, keyword))
    const inner = [...below, ...referredBy(next, references)]
    rest.push(...inner.toReversed())
  }
  return [...found.values()]
}

function referredBy({ schema, pointer }: SchemaPart, references: LocalReferences): SchemaPart[] {
  const { $ref } = schema
  const target = typeof $ref === 'string' ? references.resolve(pointer, $ref) : undefined
  return target === undefined ? [] : partAt(target, references.schemaAt(target))
}

function under(part: SchemaPart, keyword: string): SchemaPart[] {
  const { schema, pointer } = part
  const value = schema[keyword]
  const isIdle = schema['if'] === undefined && (keyword === 'then' || keyword === 'else')
  if (value === undefined || isIdle) return []
  return schemasUnder(keyword, value).flatMap(([steps, each]) => {
    return partAt(pointerTo(pointer, ...steps), each)
  })
}

function partAt(pointer: string, schema: Json | undefined): SchemaPart[] {
  return isJsonObject(schema) ? [{ schema, pointer }] : []
}
