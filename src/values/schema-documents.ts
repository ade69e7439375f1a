import { quote } from '../golang/strconv.ts'
import { GoError } from '../golang/value.ts'
import { metaschemaText } from './metaschemas.ts'
import { draftOfUrl, LATEST, type Draft } from './drafts.ts'
import { isList, isMap, parseSchemaJson, type SchemaMap, type SchemaValue } from './schema-json.ts'
import { idKeyword, idOf, subschemasOf } from './schema-places.ts'
import {
  locationOf,
  pointerSteps,
  resolveReference,
  splitReference,
  type Reference,
} from './schema-uri.ts'

/** A part of a document that has a URL of its own. */
export interface Resource {
  readonly pointer: string
  readonly id: string
  draft: Draft
  /** Anchors by name, with their pointers. */
  readonly anchors: Map<string, string>
  readonly dynamicAnchors: Set<string>
}

/** A JSON document that holds schemas. */
export interface SchemaDocument {
  readonly url: string
  readonly root: SchemaValue
  /** By pointer. */
  readonly resources: Map<string, Resource>
  /** By URL. */
  readonly byId: Map<string, Resource>
  /** The schemas that were looked at, by pointer. */
  readonly seen: Map<string, SchemaValue>
}

/** A place in a document. */
export interface Place {
  document: SchemaDocument
  pointer: string
}

/** Reads the document and finds the schemas in it that have URLs or anchors. */
export function openDocument(url: string, root: SchemaValue): SchemaDocument {
  const document: SchemaDocument = {
    url,
    root,
    resources: new Map(),
    byId: new Map(),
    seen: new Map(),
  }
  collect(document, { schema: root, pointer: '', base: url, draft: LATEST })
  return document
}

/**
 * Opens the document of a URL that is no part of the chart's own schema. Only the
 * metaschemas are at hand: nothing is fetched and no file is opened.
 *
 * @throws GoError
 */
export function loadDocument(url: string): SchemaDocument {
  const text = metaschemaText(url)
  if (text !== undefined) return openDocument(url, parseSchemaJson(text))
  // Helm lets a URN pass that nobody resolves.
  if (url.startsWith('urn:')) return openDocument(url, true)
  throw new GoError(`failing loading ${quote(url)}: ${refusal(url)}`)
}

/** Notes the schema at a pointer that no keyword of its parents leads to. */
export function addSchema({ document, pointer }: Place): void {
  const schema = lookUp({ document, pointer })
  const { id, draft } = resourceAt({ document, pointer })
  collect(document, { schema, pointer, base: id, draft })
}

/** The resource that a place belongs to. */
export function resourceAt({ document, pointer }: Place): Resource {
  const root = document.resources.get('')
  if (root !== undefined && document.resources.size === 1) return root
  for (let path = pointer; ; path = path.slice(0, path.lastIndexOf('/'))) {
    const found = document.resources.get(path)
    if (found !== undefined) return found
    if (!path.includes('/')) throw new Error(`document ${document.url} has no root resource`)
  }
}

/** The place in the document that a reference means; undefined when it is in another one. */
export function resolveIn(document: SchemaDocument, reference: Reference): Place | undefined {
  const isRoot = reference.url === document.url
  const resource = isRoot ? document.resources.get('') : document.byId.get(reference.url)
  if (resource === undefined) return undefined
  return { document, pointer: resolveFragment(document, resource, reference.fragment) }
}

/** The place in another document that a reference means. */
export function resolveAcross(document: SchemaDocument, fragment: string): Place {
  const resource = resourceAt({ document, pointer: '' })
  return { document, pointer: resolveFragment(document, resource, fragment) }
}

/**
 * The JSON at a place.
 *
 * @throws GoError when there is none
 */
export function lookUp({ document, pointer }: Place): SchemaValue {
  const known = document.seen.get(pointer)
  if (known !== undefined) return known
  const steps = pointerSteps(pointer)
  if (steps === undefined) {
    throw new GoError(`invalid json-pointer ${quote(locationOf(document.url, pointer))}`)
  }
  let value: SchemaValue | undefined = document.root
  for (const step of steps) {
    if (isMap(value)) value = value.get(step)
    else if (isList(value) && /^[+-]?\d+$/.test(step)) value = value[Number(step)]
    else value = undefined
    if (value === undefined) {
      const location = quote(locationOf(document.url, pointer))
      throw new GoError(`json-pointer in ${location} not found`)
    }
  }
  return value
}

interface Found {
  schema: SchemaValue
  pointer: string
  base: string
  draft: Draft
}

function collect(document: SchemaDocument, found: Found): void {
  const { schema, pointer } = found
  if (document.seen.has(pointer)) return
  document.seen.set(pointer, schema)
  if (!isMap(schema)) {
    if (pointer === '') addResource(document, pointer, { id: found.base, draft: found.draft })
    return
  }
  const { base, draft } = identify(document, schema, found)
  const resource = document.byId.get(base)
  if (resource === undefined) throw new Error(`resource ${base} is unknown`)
  addAnchors(document, resource, { schema, pointer })
  for (const [path, inner] of subschemasOf(schema, draft, pointer)) {
    collect(document, { schema: inner, pointer: path, base, draft: resource.draft })
  }
}

/** Gives a schema with a URL of its own a resource, in which the schemas inside it then are. */
function identify(document: SchemaDocument, schema: SchemaMap, found: Found) {
  const { pointer } = found
  let draft = draftOf(document, schema, found)
  let id = idOf(schema, draft)
  if (id === '' && pointer !== '') {
    // A `$schema` counts only where a resource begins.
    draft = found.draft
    id = idOf(schema, draft)
  }
  const base = id === '' ? found.base : resolveReference(found.base, id).url
  if (id !== '' || pointer === '') addResource(document, pointer, { id: base, draft })
  return { base, draft }
}

function draftOf(document: SchemaDocument, schema: SchemaMap, found: Found): Draft {
  const name = schema.get('$schema')
  if (typeof name !== 'string') return found.draft
  const draft = draftOfUrl(name)
  if (draft !== undefined) return draft
  const { url } = splitReference(name)
  if (found.pointer === '' && url === document.url) {
    throw new GoError(`draft ${quote(url)} is not supported`)
  }
  const meta = loadDocument(url)
  return resourceAt({ document: meta, pointer: '' }).draft
}

function addResource(
  document: SchemaDocument,
  pointer: string,
  { id, draft }: { id: string; draft: Draft },
): void {
  const same = document.byId.get(id)
  if (same !== undefined) {
    if (same.pointer === pointer) return
    throw new GoError(
      `duplicate id ${quote(id)} in ${quote(document.url)} at ${quote(pointer)} and ${quote(same.pointer)}`,
    )
  }
  const resource: Resource = {
    pointer,
    id,
    draft,
    anchors: new Map(),
    dynamicAnchors: new Set(),
  }
  document.resources.set(pointer, resource)
  document.byId.set(id, resource)
}

function addAnchors(
  document: SchemaDocument,
  resource: Resource,
  { schema, pointer }: { schema: SchemaMap; pointer: string },
): void {
  const { draft } = resource
  if (draft < 2019) {
    const id = schema.get(idKeyword(draft))
    if (schema.has('$ref') || typeof id !== 'string') return
    const { fragment } = splitReference(id)
    if (fragment !== '' && !fragment.startsWith('/')) {
      addAnchor(document, resource, { name: fragment, pointer })
    }
    return
  }
  const anchor = schema.get('$anchor')
  if (typeof anchor === 'string') addAnchor(document, resource, { name: anchor, pointer })
  const dynamic = schema.get('$dynamicAnchor')
  if (draft < 2020 || typeof dynamic !== 'string') return
  addAnchor(document, resource, { name: dynamic, pointer })
  resource.dynamicAnchors.add(dynamic)
}

function addAnchor(
  document: SchemaDocument,
  resource: Resource,
  { name, pointer }: { name: string; pointer: string },
): void {
  const earlier = resource.anchors.get(name)
  if (earlier !== undefined && earlier !== pointer) {
    throw new GoError(
      `duplicate anchor ${quote(name)} in ${quote(document.url)} at ${quote(earlier)} and ${quote(pointer)}`,
    )
  }
  resource.anchors.set(name, pointer)
}

function resolveFragment(document: SchemaDocument, resource: Resource, fragment: string): string {
  if (fragment === '' || fragment.startsWith('/')) return resource.pointer + fragment
  const pointer = resource.anchors.get(fragment)
  if (pointer !== undefined) return pointer
  const reference = quote(locationOf(resource.id, fragment))
  throw new GoError(`anchor in ${reference} not found in schema ${quote(document.url)}`)
}

function refusal(url: string): string {
  if (/^https?:/.test(url)) return 'schemas are never fetched from the network'
  if (url.startsWith('file:')) return 'schemas are never read from other files'
  return `no URLLoader registered for ${quote(url)}`
}
