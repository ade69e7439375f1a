import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { draftOfUrl, LATEST, type Draft } from './drafts.ts'
import {
  CONDITIONAL,
  conditionsOf,
  joinedSchemas,
  ownNames,
  propertiesOf,
  withAll,
  type SchemaPart,
} from './conditional-names.ts'
import { localReferences, type LocalReferences } from './local-references.ts'
import { holdsNames } from './schema-places.ts'
import { pointerTo } from './schema-uri.ts'

/**
 * Prints TypeScript types for the values that a schema describes.
 *
 * @param schema values.schema.json of any draft; it may refer to its own parts alone
 * @param name of the outermost type
 */
export async function valuesTypes(schema: JsonObject, name = 'Values'): Promise<string> {
  const { compile } = await import('json-schema-to-typescript')
  const older = { ...new Draft7(schema).whole(), title: name }
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
class Draft7 {
  private readonly root: JsonObject
  private readonly draft: Draft
  private readonly references: LocalReferences
  /** Schemas that a reference means by a way that draft 7 does not have, by their pointers. */
  private readonly moved = new Map<string, string>()
  /** Schemas that hold beside others get no names: it is the whole that does. */
  private readonly joined: ReadonlySet<string>
  /**
   * Whether what is written holds under a condition: conditions within it are not looked at, as
   * they may lead back to it.
   */
  private isUnderCondition = false

  constructor(root: JsonObject) {
    const { $schema } = root
    this.root = root
    this.draft = (typeof $schema === 'string' && draftOfUrl($schema)) || LATEST
    this.references = localReferences(root)
    this.joined = joinedSchemas(root, this.references)
  }

  whole(): JsonObject {
    const root = this.schema(this.root, '')
    const found: [string, Json][] = []
    // Those that are moved may refer to more of them, which then stand at the end.
    for (const [pointer, name] of this.moved) {
      found.push([name, this.part(this.references.schemaAt(pointer) ?? {}, pointer)])
    }
    if (found.length === 0) return root
    const own = isJsonObject(root['definitions']) ? root['definitions'] : {}
    return { ...root, definitions: { ...own, ...Object.fromEntries(found) } }
  }

  private part(value: Json, pointer: string): Json {
    if (Array.isArray(value)) {
      return value.map((each, at) => this.part(each, pointerTo(pointer, String(at))))
    }
    return isJsonObject(value) ? this.schema(value, pointer) : value
  }

  /** @param conditions schemas that the same values may come to obey, as others want it */
  private schema(
    schema: JsonObject,
    pointer: string,
    conditions: readonly SchemaPart[] = [],
  ): JsonObject {
    const own = { schema, pointer }
    const all = this.isUnderCondition ? [] : [...conditions, ...conditionsOf(own, this.references)]
    const entries = Object.entries(schema).flatMap(([keyword, value]): [string, Json][] => {
      const below = pointerTo(pointer, keyword)
      if (OF_GENERATOR.has(keyword) || (LEFT_OUT.has(keyword) && typeof value === 'string'))
        return []
      if (REFERENCES.has(keyword)) return this.reference(pointer, value)
      if (keyword === 'const' || keyword === 'enum' || keyword === 'default') {
        return [[keyword, value]]
      }
      if (keyword === 'items' && schema['prefixItems'] !== undefined) {
        return [['additionalItems', this.part(value, below)]]
      }
      if (keyword === 'properties' && isJsonObject(value)) {
        return [[keyword, this.properties(own, all)]]
      }
      if (CONDITIONAL.has(keyword)) {
        const older = this.underCondition(() => this.inner(keyword, value, below))
        return [[RENAMED.get(keyword) ?? keyword, older]]
      }
      return [[RENAMED.get(keyword) ?? keyword, this.inner(keyword, value, below)]]
    })
    const older = this.besideReference(Object.fromEntries(entries))
    const isEmpty = entries.length === 0 && Object.keys(schema).length === 0
    return isEmpty ? older : asGenerated(older)
  }

  private inner(keyword: string, value: Json, pointer: string): Json {
    const isMap = holdsNames(keyword) && isJsonObject(value)
    return isMap ? this.named(value, pointer) : this.part(value, pointer)
  }

  /** The generator lets what stands beside a reference take the place of what is there. */
  private besideReference(schema: JsonObject): JsonObject {
    const { $ref } = schema
    if ($ref === undefined) return schema
    const all = Object.entries(schema).filter(([keyword]) => keyword !== '$ref')
    const kept = Object.fromEntries(all.filter(([keyword]) => !SHAPING.has(keyword)))
    const own = Object.fromEntries(all.filter(([keyword]) => SHAPING.has(keyword)))
    const counts = this.draft >= 2019 && Object.keys(own).length > 0
    return counts ? { ...kept, allOf: [{ $ref }, asGenerated(own)] } : { ...kept, $ref }
  }

  /** Names in these are a person's own, whatever keyword they look like. */
  private named(schemas: JsonObject, pointer: string): JsonObject {
    const parts = Object.entries(schemas).map(([name, each]): [string, Json] => {
      return [name, this.part(each, pointerTo(pointer, name))]
    })
    return Object.fromEntries(parts)
  }

  /** Properties of a schema, and those that it may come to have under some condition. */
  private properties(part: SchemaPart, conditions: readonly SchemaPart[]): JsonObject {
    const others = new Map<string, SchemaPart[]>()
    for (const [name, schema, pointer] of conditions.flatMap(propertiesOf)) {
      if (schema === false) continue
      const told = isJsonObject(schema) ? schema : { tsType: 'unknown' }
      others.set(name, [...(others.get(name) ?? []), { schema: told, pointer }])
    }
    const own = propertiesOf(part).map(([name, schema, pointer]): [string, Json] => {
      if (!isJsonObject(schema)) return [name, schema]
      return [name, this.schema(schema, pointer, withAll(others.get(name) ?? [], this.references))]
    })
    if (this.joined.has(part.pointer) || !takesMore(part.schema)) return Object.fromEntries(own)
    const known = ownNames(part, this.references)
    const added = [...others].filter(([name]) => !known.has(name) && !requires(part.schema, name))
    const parts = added.map(([name, schemas]): [string, Json] => [name, this.anyOf(schemas)])
    return Object.fromEntries([...own, ...parts])
  }

  private anyOf(parts: readonly SchemaPart[]): JsonObject {
    const schemas = parts.map(({ schema, pointer }) => {
      return this.underCondition(() => this.schema(schema, pointer))
    })
    const [first = {}, ...rest] = new Map(
      schemas.map((each) => [JSON.stringify(each), each]),
    ).values()
    return rest.length === 0 ? first : { anyOf: [first, ...rest] }
  }

  private underCondition<T>(write: () => T): T {
    const before = this.isUnderCondition
    this.isUnderCondition = true
    const written = write()
    this.isUnderCondition = before
    return written
  }

  /** None for one that leads into another document or to itself alone. */
  private reference(pointer: string, value: Json): [string, Json][] {
    const target = typeof value === 'string' ? this.references.resolve(pointer, value) : undefined
    if (target === undefined) return []
    const schema = this.references.schemaAt(target)
    // The generator fails on references to these.
    if (typeof schema === 'boolean') return [['tsType', schema ? 'unknown' : 'never']]
    const [, keyword, name = ''] = /^\/(\$defs|definitions)\/([^/]+)$/.exec(target) ?? []
    if (keyword !== undefined) return [['$ref', `#/definitions/${encodeURIComponent(name)}`]]
    const isMoved = target.split('/').some((step, at, steps) => {
      const holder = this.references.schemaAt(steps.slice(0, at).join('/'))
      if (MOVED_BY.has(step) || !isJsonObject(holder)) return MOVED_BY.has(step)
      if (step === 'items') return holder['prefixItems'] !== undefined
      return SHAPING.has(step) && [...REFERENCES].some((each) => holder[each] !== undefined)
    })
    return [['$ref', isMoved ? `#/definitions/${this.move(target)}` : `#${encodeURI(target)}`]]
  }

  private move(target: string): string {
    const known = this.moved.get(target)
    if (known !== undefined) return known
    const base = target.slice(target.lastIndexOf('/') + 1).replaceAll(/\W/g, '') || 'part'
    const taken = new Set([
      ...this.moved.values(),
      ...['$defs', 'definitions'].flatMap((each) => Object.keys(this.root[each] ?? {})),
    ])
    let name = base
    for (let number = 1; taken.has(name); number++) name = `${base}${number}`
    this.moved.set(target, name)
    return name
  }
}

/** What gives a schema its URL or its draft; references need neither when they are resolved. */
const LEFT_OUT = new Set(['$schema', '$id', 'id', '$anchor', '$dynamicAnchor'])

const REFERENCES = new Set(['$ref', '$dynamicRef', '$recursiveRef'])

/** Keywords of the generator's own: a schema could write any text into the types with them. */
const OF_GENERATOR = new Set(['tsType', 'tsEnumNames', 'extends'])

/** What a type is made of; all else only describes a value, or narrows it further. */
const SHAPING = new Set(
  'type enum const properties patternProperties additionalProperties required items additionalItems allOf anyOf oneOf'.split(
    ' ',
  ),
)

const RENAMED = new Map([
  ['$defs', 'definitions'],
  ['prefixItems', 'items'],
  ['dependentSchemas', 'dependencies'],
])

/** Whether a type of the schema can have more names: it has some, and is not open to all. */
function takesMore(schema: JsonObject): boolean {
  const {
    additionalProperties,
    unevaluatedProperties = false,
    patternProperties,
    properties,
  } = schema
  if (!isObject(schema) || !isJsonObject(properties)) return false
  const isNarrow = ['$ref', 'enum', 'const'].some((keyword) => schema[keyword] !== undefined)
  const hasOthers = additionalProperties !== undefined || patternProperties !== undefined
  return (
    !isNarrow && !hasOthers && unevaluatedProperties === false && Object.keys(properties).length > 0
  )
}

function requires({ required }: JsonObject, name: string): boolean {
  return Array.isArray(required) && required.includes(name)
}

/** Steps of a pointer after which it leads elsewhere, or nowhere. */
const MOVED_BY = new Set([
  ...RENAMED.keys(),
  '$ref',
  'patternProperties',
  'additionalProperties',
  'unevaluatedProperties',
])

/** Says what a schema of draft 7 means where the generator takes it for something else. */
function asGenerated(schema: JsonObject): JsonObject {
  const { unevaluatedProperties, patternProperties, ...all } = schema
  if (all['tsType'] !== undefined) return all
  const others = othersOf(all['additionalProperties'] ?? unevaluatedProperties, patternProperties)
  if (others !== undefined) all['additionalProperties'] = others
  if (mayGoOn(all)) all['additionalItems'] = true
  const properties = withRequired(all)
  if (properties !== undefined) all['properties'] = properties
  const shapes = Object.keys(all).filter((keyword) => SHAPING.has(keyword))
  if (shapes.length === 0 && all['$ref'] === undefined) return { ...all, tsType: 'unknown' }
  const isPlain = shapes.every((keyword) => keyword === 'type' || keyword === 'properties')
  const isOpen = isPlain && isObject(all) && Object.keys(properties ?? {}).length === 0
  return isOpen && all['type'] !== undefined ? { ...all, additionalProperties: true } : all
}

/** Whether a list may have more items than those that are described one by one. */
function mayGoOn({ items, additionalItems, maxItems }: JsonObject): boolean {
  if (!Array.isArray(items) || additionalItems !== undefined) return false
  return typeof maxItems !== 'number' || maxItems > items.length
}

/** Properties of an object, those that it must have and does not declare among them. */
function withRequired(schema: JsonObject): Json | undefined {
  const { properties, required, additionalProperties: others } = schema
  if (!Array.isArray(required) || others !== undefined || !isObject(schema)) return properties
  const names = required.filter((name) => typeof name === 'string')
  const own = isJsonObject(properties) ? properties : {}
  const any = names.filter((name) => !Object.hasOwn(own, name))
  const undeclared = any.map((name): [string, Json] => [name, { tsType: 'unknown' }])
  return Object.fromEntries([...Object.entries(own), ...undeclared])
}

function isObject({ type }: JsonObject): boolean {
  return type === undefined || [type].flat().includes('object')
}

/** The schema of names that are not declared; the generator writes of patterns into comments. */
function othersOf(others: Json | undefined, patterns: Json | undefined): Json | undefined {
  if (!isJsonObject(patterns) || others === true) return others
  const schemas = Object.values(patterns)
  return { anyOf: isJsonObject(others) ? [...schemas, others] : schemas }
}
