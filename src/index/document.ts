import { PkgError } from '../base/errors.ts'
import { compareVersions, parseVersion, VersionError } from '../base/versions.ts'
import type { ChartMetadata } from '../chart/metadata.ts'
import { metadataJson } from '../chart/metadata-document.ts'
import { decodeJson, encodeJson } from '../encoding/json.ts'
import { decodeYaml } from '../encoding/yaml-decode.ts'
import { encodeYaml } from '../encoding/yaml-encode.ts'
import { YamlError } from '../encoding/yaml-error.ts'
import { fromBytes } from '../golang/bytes.ts'
import { compareText } from '../golang/order.ts'
import { GoError, type GoMap, type Value } from '../golang/value.ts'

/** One version in an index, with all that its Chart.yaml says, and what nobody here knows. */
export type IndexItem = GoMap

/** An index that is to be written: charts by name, each with its versions. */
export interface IndexDocument {
  /** Fields besides `apiVersion`, `generated` and `entries`, as they were read. */
  rest: GoMap
  entries: Map<string, IndexItem[]>
}

/** An index without charts. */
export function emptyIndex(): IndexDocument {
  return { rest: new Map(), entries: new Map() }
}

/**
 * Reads an index to change it; nothing in it is lost.
 *
 * @param bytes YAML or JSON
 * @throws PkgError INDEX_INVALID
 */
export function readIndexDocument(bytes: Buffer, file: string): IndexDocument {
  const document = decode(fromBytes(bytes), file)
  if (!(document instanceof Map)) throw invalid(file, 'it is no map')
  const { entries: found = null, rest } = split(document)
  if (found !== null && !(found instanceof Map)) throw invalid(file, 'its "entries" are no map')
  const entries = new Map<string, IndexItem[]>()
  for (const [name, versions] of found ?? []) {
    const items = Array.isArray(versions) ? versions : []
    entries.set(
      name,
      items.filter((item): item is GoMap => item instanceof Map),
    )
  }
  return { rest, entries }
}

function decode(text: string, file: string): Value {
  try {
    if (/^\s*\{/.test(text)) return decodeJson(text)
    return decodeYaml(text, { dialect: 'helm', keepIntegers: true, file })
  } catch (error) {
    if (error instanceof YamlError || error instanceof GoError) throw invalid(file, error.message)
    throw error
  }
}

function split(document: GoMap): { entries?: Value; rest: GoMap } {
  const rest: GoMap = new Map(document)
  const entries = rest.get('entries') ?? null
  for (const key of ['apiVersion', 'generated', 'entries', 'serverInfo']) rest.delete(key)
  return { entries, rest }
}

function invalid(file: string, why: string): PkgError {
  return new PkgError('INDEX_INVALID', `merge failed: error loading ${file}: ${why}`, {
    hint: 'Mend the file, or move it away to have it made anew.',
  })
}

export interface IndexItemSource {
  metadata: ChartMetadata
  /** sha256 of the archive in hexadecimal digits. */
  digest: string
  url: string
  created: string
}

/** What an index says of an archive; fields of Chart.yaml that Helm does not know are left out. */
export function indexItem({ metadata, digest, url, created }: IndexItemSource): IndexItem {
  const item = decodeJson(metadataJson({ ...metadata, apiVersion: metadata.apiVersion || 'v1' }))
  if (!(item instanceof Map)) throw new Error('metadata is no map')
  return new Map([...item, ['urls', [url]], ['created', created], ['digest', digest]])
}

/** The item of a version as it is written; undefined when there is none. */
export function findItem(
  { entries }: IndexDocument,
  name: string,
  version: string,
): IndexItem | undefined {
  return (entries.get(name) ?? []).find((item) => item.get('version') === version)
}

/** Adds an item; one of the same version goes. */
export function putItem(index: IndexDocument, item: IndexItem): void {
  const name = textOf(item.get('name'))
  const known = findItem(index, name, textOf(item.get('version')))
  const others = (index.entries.get(name) ?? []).filter((each) => each !== known)
  index.entries.set(name, [...others, item])
}

/** Adds what another index has and this one has not. */
export function mergeIndex(index: IndexDocument, other: IndexDocument): void {
  for (const items of other.entries.values()) {
    for (const item of items) {
      const [name, version] = [textOf(item.get('name')), textOf(item.get('version'))]
      if (findItem(index, name, version) === undefined) putItem(index, item)
    }
  }
}

/** The text of an index as Helm writes it: charts by name, newest version first. */
export function indexText(
  { entries, rest }: IndexDocument,
  { generated, json = false }: { generated: string; json?: boolean },
): string {
  const sorted = new Map<string, Value>(
    [...entries]
      .sort(([a], [b]) => compareText(a, b))
      .map(([name, items]) => [name, items.toSorted(byNewest)]),
  )
  const document: GoMap = new Map<string, Value>([
    ['apiVersion', 'v1'],
    ['generated', generated],
    ['entries', sorted],
    ...rest,
  ])
  return json ? encodeJson(document, { indent: '  ' }) : encodeYaml(document)
}

function byNewest(a: IndexItem, b: IndexItem): number {
  const [left, right] = [versionOf(a), versionOf(b)]
  if (left === undefined || right === undefined) {
    return Number(left === undefined) - Number(right === undefined)
  }
  return compareVersions(right, left)
}

function versionOf(item: IndexItem) {
  try {
    return parseVersion(textOf(item.get('version')))
  } catch (error) {
    if (error instanceof VersionError) return undefined
    throw error
  }
}

/** Text of a field; empty when it is none. */
export function textOf(value: Value | undefined): string {
  return typeof value === 'string' ? value : ''
}
