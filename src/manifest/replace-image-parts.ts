import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { yamlLocator, type YamlPath } from '../encoding/yaml-locate.ts'
import { decodeDocument } from './decode-objects.ts'
import { imageOfParts, isImageField, isSearched } from './images.ts'
import { splitDocuments } from './split-documents.ts'

/**
 * Puts other images in the place of those that objects name in parts: `repository` beside `tag`,
 * perhaps with `registry` and `digest`. Only the values of these fields change, and all of one
 * image do or none, where the other image cannot be said by the fields that are there.
 *
 * @throws PkgError YAML_INVALID
 */
export function replaceImageParts(
  text: string,
  name: string,
  images: ReadonlyMap<string, string>,
): string {
  const lines = text.split('\n')
  const edits = new Map<string, Edit>()
  for (const { text: document, line } of splitDocuments(text)) {
    const value = decodeDocument(document, { file: name, line })
    let locate: ReturnType<typeof yamlLocator> | undefined
    for (const { path, parts } of partsIn(value)) {
      const wanted = images.get(imageOfParts(parts) ?? '')
      const fields = wanted === undefined ? undefined : fieldsFor(parts, wanted)
      if (fields === undefined) continue
      locate ??= yamlLocator(document)
      const own = editsOf({ path, parts, fields, line }, lines, locate)
      for (const edit of own) edits.set(`${edit.line}:${edit.start}`, edit)
    }
  }
  // From the end, so that what stands before keeps its place.
  const ordered = [...edits.values()].sort((a, b) => b.line - a.line || b.start - a.start)
  for (const { line, start, end, text: value } of ordered) {
    const old = lines[line] ?? ''
    lines[line] = old.slice(0, start) + value + old.slice(end)
  }
  return lines.join('\n')
}

/** New text for columns of a line, both counted from 0. */
interface Edit {
  line: number
  start: number
  end: number
  text: string
}

interface Place {
  path: YamlPath
  parts: JsonObject
}

function partsIn(value: Json): Place[] {
  const places: Place[] = []
  const visit = (at: Json, path: YamlPath): void => {
    if (Array.isArray(at)) {
      for (const [index, item] of at.entries()) visit(item, [...path, index])
    } else if (isJsonObject(at)) {
      for (const [key, child] of Object.entries(at)) {
        if (isImageField(key) && isJsonObject(child)) {
          places.push({ path: [...path, key], parts: child })
        } else visit(child, [...path, key])
      }
    }
  }
  for (const { object, path } of objectsIn(value, [])) {
    for (const [key, child] of Object.entries(object)) {
      if (isSearched(object, key)) visit(child, [...path, key])
    }
  }
  return places
}

function objectsIn(value: Json, path: YamlPath): { object: JsonObject; path: YamlPath }[] {
  if (!isJsonObject(value)) return []
  const { items } = value
  if (!Array.isArray(items)) return [{ object: value, path }]
  return items.flatMap((item, at) => objectsIn(item, [...path, 'items', at]))
}

interface ImageParts {
  host: string
  path: string
  tag: string
  digest: string
}

const IMAGE = /^(?:((?=[^/]*[.:]|localhost\/)[^/]+)\/)?([^:@]+)(?::([^@]+))?(?:@(.+))?$/

function partsOf(image: string): ImageParts {
  const [, host = '', path = '', tag = '', digest = ''] = IMAGE.exec(image) ?? []
  return { host, path, tag, digest }
}

/** What the fields shall hold; undefined when they cannot say the image. */
function fieldsFor(parts: JsonObject, image: string): Record<string, string> | undefined {
  const { host, path, tag, digest } = partsOf(image)
  const has = { registry: isGiven(parts['registry']), digest: isGiven(parts['digest']) }
  const hasTag = isGiven(parts['tag'])
  const isPlaced = path !== '' && (host !== '' || !has.registry)
  const isVersioned = has.digest ? digest !== '' : tag !== '' || !hasTag
  if (!isPlaced || !isVersioned) return undefined
  const inOne = host === '' ? path : `${host}/${path}`
  return {
    ...(has.registry ? { registry: host, repository: path } : { repository: inOne }),
    ...(hasTag && tag !== '' ? { tag } : {}),
    ...(has.digest ? { digest } : {}),
  }
}

function isGiven(value: Json | undefined): boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'number'
}

interface Wanted extends Place {
  fields: Record<string, string>
  /** Where the document begins, counted from 1. */
  line: number
}

/** The edits of one image; none when a value is not written as one word beside its key. */
function editsOf(
  { path, parts, fields, line }: Wanted,
  lines: readonly string[],
  locate: ReturnType<typeof yamlLocator>,
): Edit[] {
  const edits: Edit[] = []
  for (const [field, value] of Object.entries(fields)) {
    const old = textOf(parts[field])
    if (old === value) continue
    const place = locate([...path, field])
    if (place === undefined) return []
    const at = line + place.line - 2
    const rest = (lines[at] ?? '').slice(place.column - 1)
    const [, lead, quote = ''] = wordOf(field, old).exec(rest) ?? []
    if (lead === undefined) return []
    const start = place.column - 1 + lead.length
    const end = start + old.length + 2 * quote.length
    edits.push({
      line: at,
      start,
      end,
      text: quote === '' ? plain(field, value) : quoted(value, quote),
    })
  }
  return edits
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function wordOf(field: string, value: string): RegExp {
  const escaped = value.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
  return new RegExp(
    String.raw`^(["']?${field}["']?[ \t]*:[ \t]*)(["']?)${escaped}\2(?=[ \t]*(?:$|[,}\]]|[ \t]#))`,
  )
}

/** A tag may look like a number. */
function plain(field: string, value: string): string {
  return field === 'tag' ? JSON.stringify(value) : value
}

function quoted(value: string, quote: string): string {
  return `${quote}${value}${quote}`
}
