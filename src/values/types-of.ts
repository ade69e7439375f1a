import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { localReferences, type LocalReferences } from './local-references.ts'
import { holdsNames } from './schema-drafts.ts'
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
  private readonly references: LocalReferences
  /** Schemas that a reference means by a way that draft 7 does not have, by their pointers. */
  private readonly moved = new Map<string, string>()

  constructor(root: JsonObject) {
    this.root = root
    this.references = localReferences(root)
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

  private schema(schema: JsonObject, pointer: string): JsonObject {
    const entries = Object.entries(schema).flatMap(([keyword, value]): [string, Json][] => {
      const below = pointerTo(pointer, keyword)
      if (LEFT_OUT.has(keyword) && typeof value === 'string') return []
      if (REFERENCES.has(keyword)) return this.reference(pointer, value)
      if (keyword === 'const' || keyword === 'enum' || keyword === 'default') {
        return [[keyword, value]]
      }
      if (keyword === 'items' && schema['prefixItems'] !== undefined) {
        return [['additionalItems', this.part(value, below)]]
      }
      const isMap = holdsNames(keyword) && isJsonObject(value)
      const older = isMap ? this.named(value, below) : this.part(value, below)
      return [[RENAMED.get(keyword) ?? keyword, older]]
    })
    const isLost = entries.length < Object.keys(schema).length
    const saysNothing = entries.every(([keyword]) => DESCRIBING.has(keyword))
    // What only describes a value takes any; the generator would make an object of it.
    const takesAny = saysNothing && (entries.length > 0 || isLost)
    return Object.fromEntries(takesAny ? [...entries, ['tsType', 'unknown']] : entries)
  }

  /** Names in these are a person's own, whatever keyword they look like. */
  private named(schemas: JsonObject, pointer: string): JsonObject {
    const parts = Object.entries(schemas).map(([name, each]): [string, Json] => {
      return [name, this.part(each, pointerTo(pointer, name))]
    })
    return Object.fromEntries(parts)
  }

  /** None for one that leads into another document or to itself alone. */
  private reference(pointer: string, value: Json): [string, Json][] {
    const target = typeof value === 'string' ? this.references.resolve(pointer, value) : undefined
    if (target === undefined) return []
    const [, keyword, name = ''] = /^\/(\$defs|definitions)\/([^/]+)$/.exec(target) ?? []
    if (keyword !== undefined) return [['$ref', `#/definitions/${encodeURIComponent(name)}`]]
    const isMoved = target.split('/').some((step, at, steps) => {
      const holder = step === 'items' ? this.references.schemaAt(steps.slice(0, at).join('/')) : {}
      return MOVED_BY.has(step) || (isJsonObject(holder) && holder['prefixItems'] !== undefined)
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

const DESCRIBING = new Set(
  'title description default examples deprecated readOnly writeOnly $comment'.split(' '),
)

const RENAMED = new Map([
  ['$defs', 'definitions'],
  ['prefixItems', 'items'],
  ['dependentSchemas', 'dependencies'],
])

/** Steps of a pointer after which it leads elsewhere, or nowhere. */
const MOVED_BY = new Set([...RENAMED.keys(), '$ref'])
