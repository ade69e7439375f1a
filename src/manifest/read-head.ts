import { decodeYaml } from '../encoding/yaml-decode.ts'
import { formatFloat } from '../golang/strconv.ts'
import { GoError, type GoMap, type Value } from '../golang/value.ts'
import { scanHead, type Head } from './scan-head.ts'

const METADATA_TYPE =
  'struct { Name string "json:\\"name\\""; Annotations map[string]string "json:\\"annotations\\"" }'

/**
 * Reads the head of a document, by way of the whole document, as Helm does.
 *
 * Keys match whatever their case; numbers and booleans become text where text is wanted.
 *
 * @throws YamlError when it is no YAML, GoError when it is no object or a field is of
 *   another type
 *
 * Source: Helm 4.1.4 pkg/release/v1/util/manifest.go, SimpleHead; sigs.k8s.io/yaml.
 */
export function readHead(document: string): Head {
  return scanHead(document) ?? decodeHead(document)
}

/** Reads the head from the decoded document; what `scanHead` finds is the same. */
export function decodeHead(document: string): Head {
  const value = decodeYaml(document)
  const head = { apiVersion: '', kind: '', name: '', annotations: new Map<string, string>() }
  if (value === null) return head
  if (!(value instanceof Map)) throw mismatch(value, 'Go value of type util.SimpleHead')
  for (const [key, field] of fieldsOf(value)) {
    const name = key.toLowerCase()
    if (field === null) continue
    if (name === 'apiversion') head.apiVersion = text(field, 'SimpleHead.apiVersion')
    else if (name === 'kind') head.kind = text(field, 'SimpleHead.kind')
    else if (name === 'metadata') readMetadata(field, head)
  }
  return head
}

function readMetadata(
  metadata: Value,
  head: { name: string; annotations: Map<string, string> },
): void {
  if (!(metadata instanceof Map)) {
    throw mismatch(metadata, `Go struct field SimpleHead.metadata of type ${METADATA_TYPE}`)
  }
  for (const [key, field] of fieldsOf(metadata)) {
    const name = key.toLowerCase()
    if (field === null) continue
    if (name === 'name') head.name = text(field, '.metadata.name')
    else if (name === 'annotations') readAnnotations(field, head.annotations)
  }
}

function readAnnotations(field: Value, annotations: Map<string, string>): void {
  const path = '.metadata.annotations'
  if (!(field instanceof Map)) {
    throw mismatch(field, `Go struct field ${path} of type map[string]string`)
  }
  for (const [key, value] of fieldsOf(field)) {
    annotations.set(key, value === null ? '' : text(value, path))
  }
}

/** Entries by sorted key: of keys that differ only in case the last one counts. */
function fieldsOf(map: GoMap): [string, Value][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1))
}

function text(value: Value, field: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') {
    return Number.isInteger(value) && Math.abs(value) < 1e21
      ? String(BigInt(value))
      : formatFloat(value)
  }
  throw mismatch(value, `Go struct field ${field} of type string`)
}

function mismatch(value: Value, target: string): GoError {
  const problem = `json: cannot unmarshal ${jsonKind(value)} into ${target}`
  return new GoError(`error unmarshaling JSON: while decoding JSON: ${problem}`)
}

function jsonKind(value: Value): string {
  if (Array.isArray(value)) return 'array'
  if (value instanceof Map) return 'object'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'string' ? 'string' : 'number'
}
