/*
 * Reads a YAML document into a struct as Helm does: by way of JSON, with Go's decoder.
 *
 * Keys match fields whatever their case. A number or a boolean becomes text where the field
 * is text (`appVersion: 1.10` is "1.1"). Null leaves a field as it was. Go reports the first
 * field of a wrong type, in the order of the sorted keys, and names it by its path.
 */
import { formatFloat } from '../golang/strconv.ts'
import { sortedKeys } from '../golang/order.ts'
import { GoError, GoInt, type GoMap, type Value } from '../golang/value.ts'

/**
 * What a field holds: Go's string, bool, []string, map[string]string, []any, time, []*struct,
 * struct.
 */
export type FieldKind = ScalarKind | ListKind | 'string-map' | { struct: StructSpec }

type ScalarKind = 'string' | 'bool' | 'time'
type ListKind = 'strings' | 'values' | { each: StructSpec }

export interface FieldSpec {
  /** Key in the file. */
  json: string
  /** Name of the property that gets the value. */
  property: string
  kind: FieldKind
}

export interface StructSpec {
  /** Package and name of the Go type, for example `v2.Metadata`. */
  type: string
  fields: readonly FieldSpec[]
}

/** A decoded struct: properties by name; a field that the file does not set is absent. */
export type StructFields = Record<string, unknown>

interface Reading {
  struct: StructSpec
  /** Keys from the root to the struct, each followed by a dot. */
  path: string
  /** Failures so far, in Go's order; only the first is reported. */
  errors: string[]
}

/**
 * Reads a decoded document into `target`, which may hold what an earlier file set.
 *
 * Source: sigs.k8s.io/yaml `Unmarshal`, Go encoding/json decode.go.
 *
 * @throws GoError with Go's text when a value is of the wrong type
 */
export function readStruct(document: Value, struct: StructSpec, target: StructFields): void {
  if (document === null) return
  if (!(document instanceof Map)) {
    throw new GoError(
      `json: cannot unmarshal ${jsonKind(document)} into Go value of type ${struct.type}`,
    )
  }
  const errors: string[] = []
  readFields(document, { struct, path: '', errors }, target)
  const [first] = errors
  if (first !== undefined) throw new GoError(first)
}

/** The keys of the document that no field of the struct takes. */
export function unknownFields(document: GoMap, struct: StructSpec): Map<string, Value> {
  const unknown = [...document].filter(([key]) => fieldOf(struct, key) === undefined)
  return new Map(unknown)
}

/**
 * The first key that no field takes, here or in a struct below, in the order in which Go
 * reads the document: keys sorted, a struct's own keys where its field stands.
 */
export function firstUnknownKey(document: Value, struct: StructSpec): string | undefined {
  if (!(document instanceof Map)) return undefined
  for (const key of sortedKeys(document)) {
    const field = fieldOf(struct, key)
    if (field === undefined) return key
    const { kind } = field
    const value = document.get(key)
    if (typeof kind !== 'object' || !('each' in kind) || !Array.isArray(value)) continue
    for (const item of value) {
      const inner = firstUnknownKey(item, kind.each)
      if (inner !== undefined) return inner
    }
  }
  return undefined
}

function readFields(document: GoMap, reading: Reading, target: StructFields): void {
  for (const key of sortedKeys(document)) {
    const field = fieldOf(reading.struct, key)
    if (field === undefined) continue
    const value = document.get(key) ?? null
    const current = target[field.property]
    target[field.property] = readField(value, field, reading, current)
  }
}

function fieldOf(struct: StructSpec, key: string): FieldSpec | undefined {
  const exact = struct.fields.find((field) => field.json === key)
  if (exact !== undefined) return exact
  const folded = key.toLowerCase()
  return struct.fields.find((field) => field.json.toLowerCase() === folded)
}

function readField(value: Value, field: FieldSpec, reading: Reading, current: unknown): unknown {
  const { kind } = field
  const isScalar = kind === 'string' || kind === 'time' || kind === 'bool'
  if (value === null) return isScalar ? current : undefined
  if (kind === 'string') return readText(value, field, reading)
  if (kind === 'time') return readTime(value, reading)
  if (kind === 'bool') {
    return typeof value === 'boolean' ? value : wrongType(value, 'bool', field, reading)
  }
  if (kind === 'string-map') {
    if (!(value instanceof Map)) return wrongType(value, 'map[string]string', field, reading)
    return new Map(Array.from(value, ([key, item]) => [key, readText(item, field, reading)]))
  }
  if (isStruct(kind)) return readInner(value, kind.struct, { field, reading, current })
  if (!Array.isArray(value)) return wrongType(value, listType(kind), field, reading)
  if (kind === 'values') return value
  if (kind === 'strings') return value.map((item) => readText(item, field, reading))
  return readStructs(value, kind.each, { field, reading, current })
}

function isStruct(kind: FieldKind): kind is { struct: StructSpec } {
  return typeof kind === 'object' && 'struct' in kind
}

interface Place {
  field: FieldSpec
  reading: Reading
  current: unknown
}

function readInner(value: Value, struct: StructSpec, place: Place): unknown {
  const { field, reading, current } = place
  if (!(value instanceof Map)) return wrongType(value, struct.type, field, reading)
  const target: StructFields = { ...(current as StructFields | undefined) }
  readFields(value, { ...reading, struct, path: `${reading.path}${field.json}.` }, target)
  return target
}

/** Go decodes over the structs that an earlier file put at the same places of the list. */
function readStructs(list: Value[], struct: StructSpec, place: Place): unknown[] {
  const { field, reading } = place
  const before = Array.isArray(place.current) ? (place.current as unknown[]) : []
  const path = `${reading.path}${field.json}.`
  return list.map((item, index) => {
    if (item === null) return null
    if (!(item instanceof Map)) return wrongType(item, struct.type, field, reading)
    const target: StructFields = { ...(before[index] as StructFields | undefined) }
    readFields(item, { ...reading, struct, path }, target)
    return target
  })
}

function readText(value: Value, field: FieldSpec, reading: Reading): string {
  const text = asText(value)
  if (text === undefined) wrongType(value, 'string', field, reading)
  return text ?? ''
}

function wrongType(value: Value, type: string, field: FieldSpec, reading: Reading): undefined {
  const name = reading.struct.type.slice(reading.struct.type.indexOf('.') + 1)
  const place = `${name}.${reading.path}${field.json}`
  reading.errors.push(
    `json: cannot unmarshal ${jsonKind(value)} into Go struct field ${place} of type ${type}`,
  )
}

function listType(kind: ListKind): string {
  if (kind === 'strings') return '[]string'
  return kind === 'values' ? '[]interface {}' : `[]*${kind.each.type}`
}

/** Text of a scalar; undefined for a list or a map. Floats have the digits of Go's float32. */
function asText(value: Value): string | undefined {
  if (value === null) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (value instanceof GoInt) return value.value.toString()
  if (typeof value === 'number') return formatFloat(Math.fround(value), 'g', -1, 32)
  return undefined
}

function jsonKind(value: Value): string {
  if (value instanceof Map) return 'object'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'string' ? 'string' : 'number'
}

const LAYOUT: readonly [pattern: RegExp, part: string][] = [
  [/^\d{4}/, '2006'],
  [/^-/, '-'],
  [/^(?:0[1-9]|1[0-2])/, '01'],
  [/^-/, '-'],
  [/^(?:0[1-9]|[12]\d|3[01])/, '02'],
  [/^T/, 'T'],
  [/^(?:[01]\d|2[0-3])/, '15'],
  [/^:/, ':'],
  [/^[0-5]\d/, '04'],
  [/^:/, ':'],
  [/^[0-5]\d(?:\.\d+)?/, '05'],
  [/^(?:Z|[+-]\d\d:\d\d)$/, 'Z07:00'],
]

/** Takes RFC 3339 only, as Go's time.Time does in JSON. */
function readTime(value: Value, reading: Reading): string | undefined {
  if (typeof value !== 'string') {
    reading.errors.push('Time.UnmarshalJSON: input is not a JSON string')
    return undefined
  }
  let rest = value
  for (const [pattern, part] of LAYOUT) {
    const [found] = pattern.exec(rest) ?? []
    if (found === undefined) {
      reading.errors.push(
        `parsing time "${value}" as "2006-01-02T15:04:05Z07:00": cannot parse "${rest}" as "${part}"`,
      )
      return undefined
    }
    rest = rest.slice(found.length)
  }
  return value
}
