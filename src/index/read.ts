import { PkgError } from '../base/errors.ts'
import { LIMITS } from '../base/limits.ts'
import { readStruct, type StructFields, type StructSpec } from '../chart/go-struct.ts'
import { readMetadata } from '../chart/metadata.ts'
import { decodeJson } from '../encoding/json.ts'
import { decodeYaml } from '../encoding/yaml-decode.ts'
import { YamlError } from '../encoding/yaml-error.ts'
import { fromBytes } from '../golang/bytes.ts'
import { GoError, type Value } from '../golang/value.ts'
import { checkEntry, type IndexEntry, type IndexHead, type OnChart } from './entry.ts'
import { scanIndex, type ReadChart } from './scan.ts'

/** Takes the charts of an index; made anew when reading starts again from the top. */
export interface IndexSink {
  add: OnChart
}

export interface ReadIndex<T> {
  head: IndexHead
  charts: T
  /** Entries that were left out, and why. */
  warnings: string[]
}

/**
 * Reads an index.yaml, or one in JSON. An entry that cannot be used is left out with a
 * warning and hides none of the others.
 *
 * @param bytes the whole file
 * @param open makes what takes the charts
 * @throws PkgError INDEX_INVALID
 * Source: Helm 4.1.4 pkg/repo/v1/index.go `loadIndex`.
 */
export function readIndex<T extends IndexSink>(bytes: Buffer, open: () => T): ReadIndex<T> {
  if (bytes.length === 0) throw invalid('empty index.yaml file')
  if (bytes.length > LIMITS.indexBytes) {
    throw invalid(`index.yaml is larger than ${LIMITS.indexBytes} bytes`)
  }
  if (PAGE.test(bytes.toString('latin1', 0, 200))) {
    throw invalid('it is a web page', 'Check the address, and whether the server wants a login.')
  }
  const charts = open()
  const warnings: string[] = []
  const head = scanIndex(bytes, {
    onChart: (key, entries) => charts.add(key, entries),
    onWarning: (warning) => warnings.push(warning),
    readChart,
  })
  const read = head === undefined ? readGenerally(bytes, open) : { head, charts, warnings }
  if (read.head.apiVersion === '') throw invalid('no API version specified')
  return read
}

function readGenerally<T extends IndexSink>(bytes: Buffer, open: () => T): ReadIndex<T> {
  if (bytes.length > LIMITS.irregularIndexBytes) {
    throw invalid(
      `index.yaml is not written as Helm writes it, and larger than ${LIMITS.irregularIndexBytes} bytes`,
    )
  }
  const document = decodeDocument(bytes)
  const charts = open()
  const warnings: string[] = []
  const fields: StructFields = {}
  inGo(() => readStruct(document, INDEX, fields))
  const { apiVersion = '', generated = '' } = fields as Partial<IndexHead>
  const entries = document instanceof Map ? (document.get('entries') ?? null) : null
  if (entries !== null && !(entries instanceof Map)) throw invalid('its "entries" are no map')
  for (const [key, versions] of entries ?? []) {
    charts.add(key, readVersions(key, versions, warnings))
  }
  return { head: { apiVersion, generated }, charts, warnings }
}

function decodeDocument(bytes: Buffer): Value {
  const text = fromBytes(bytes)
  try {
    if (/^\s*\{/.test(text)) return decodeJson(text)
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    // Braces may begin a YAML text just as well.
  }
  try {
    return decodeYaml(text, {
      dialect: 'helm',
      keepIntegers: true,
      onDuplicateKey: (key, _first, { line }) => {
        throw invalid(`line ${line}: key "${key}" already set in map`)
      },
    })
  } catch (error) {
    if (error instanceof YamlError) throw invalid(error.message)
    throw error
  }
}

/** An anchor may be meant elsewhere, and to follow many of them may take long. */
const ANCHOR = /(?:^|[\s,:[{])[&*][^\s&*]/

/** Reads one chart of an index by itself, from its key on. */
function readChart(text: string): ReadChart | undefined {
  if (ANCHOR.test(text)) return undefined
  let document: Value
  try {
    let isDouble = false
    const onDuplicateKey = (): void => void (isDouble = true)
    document = decodeYaml(text, { dialect: 'helm', keepIntegers: true, onDuplicateKey })
    if (isDouble) return undefined
  } catch (error) {
    if (error instanceof YamlError) return undefined
    throw error
  }
  if (!(document instanceof Map) || document.size !== 1) return undefined
  const warnings: string[] = []
  for (const [key, versions] of document) {
    return { key, entries: readVersions(key, versions, warnings), warnings }
  }
  return undefined
}

function readVersions(key: string, versions: Value, warnings: string[]): IndexEntry[] {
  if (versions === null) return []
  const skip = (version: string, why: string): undefined =>
    void warnings.push(`chart "${key}"${version === '' ? '' : ` ${version}`}: ${why}`)
  if (!Array.isArray(versions)) {
    skip('', 'its versions are no list')
    return []
  }
  return versions.flatMap((item) => readEntry(item, skip) ?? [])
}

function readEntry(
  item: Value,
  skip: (version: string, why: string) => undefined,
): IndexEntry | undefined {
  if (item === null) return skip('', 'empty entry')
  try {
    const metadata = readMetadata(item)
    const fields: StructFields = {}
    readStruct(item, CHART_VERSION, fields)
    const { urls = [], digest = '', created = '' } = fields as Partial<IndexEntry>
    const { name, version, appVersion = '', description = '', keywords = [] } = metadata
    const entry: IndexEntry = {
      name,
      version,
      appVersion,
      description,
      keywords: keywords.join(' '),
      urls,
      digest,
      created,
      deprecated: metadata.deprecated === true,
    }
    const problem = checkEntry(entry, metadata)
    return problem === '' ? entry : skip(version, problem)
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    return skip('', error.message)
  }
}

const INDEX: StructSpec = {
  type: 'repo.IndexFile',
  fields: [
    { json: 'apiVersion', property: 'apiVersion', kind: 'string' },
    { json: 'generated', property: 'generated', kind: 'string' },
  ],
}

const CHART_VERSION: StructSpec = {
  type: 'repo.ChartVersion',
  fields: [
    { json: 'urls', property: 'urls', kind: 'strings' },
    { json: 'created', property: 'created', kind: 'string' },
    { json: 'digest', property: 'digest', kind: 'string' },
  ],
}

function inGo<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof GoError) throw invalid(error.message)
    throw error
  }
}

function invalid(why: string, hint = ASK): PkgError {
  return new PkgError('INDEX_INVALID', why, { hint })
}

const ASK = 'Ask whoever keeps the repository to make its index.yaml anew.'
const PAGE = /^\s*<(?:!doctype|html)\b/i
