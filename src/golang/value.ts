/*
 * Go's kinds over JavaScript values.
 *
 * nil is `null`; bool, string and float64 are JavaScript's own; every integer is a
 * `GoInt`, so that `3` and `3.0` stay apart; a map is a `Map` with string keys (no
 * prototype to pollute); a slice is an array; []byte is a `Uint8Array`. Arrays and maps
 * are `[]interface {}` and `map[string]interface {}` unless `withType` gave them another
 * type. Strings hold bytes as `bytes.ts` says.
 */

/** Any value that a template can hold. */
export type Value =
  null | boolean | string | number | GoInt | GoStruct | GoNil | Uint8Array | Value[] | GoMap

/** Go's `map[string]interface {}`, or with a type of its own any map with string keys. */
export type GoMap = Map<string, Value>

export type IntKind =
  'int' | 'int8' | 'int16' | 'int32' | 'int64' | 'uint' | 'uint8' | 'uint16' | 'uint32' | 'uint64'

/** The kinds of Go's reflect package that a template can meet. */
export type Kind =
  'invalid' | 'bool' | 'string' | 'float64' | 'map' | 'slice' | 'struct' | 'ptr' | IntKind

/** An integer of one of Go's sizes; `value` always fits its kind. */
export class GoInt {
  readonly value: bigint
  readonly kind: IntKind
  /** What `%T` prints where it is not the kind, for example `time.Duration`. */
  readonly type: GoType | undefined

  constructor(value: bigint, kind: IntKind, type?: GoType) {
    this.value = value
    this.kind = kind
    this.type = type
  }
}

/** A method of a Go value, called as `.Value.Method args` in a template; throws GoError. */
export type Method = (self: Value, ...args: Value[]) => Value

/** What a value's Go type adds to its kind. */
export interface GoType {
  /** As `%T` prints it, for example `[]string` or `*v2.Metadata`. */
  readonly name: string
  /** What a missing key gives: the zero value of a map's elements; nil by default. */
  readonly zero?: Value
  readonly methods?: Readonly<Record<string, Method>>
  /** The methods belong to a pointer: fmt's verbs do not call them, but `{{ .Value }}` does. */
  readonly hasPointerMethods?: boolean
  /** Fields of a struct in declaration order. */
  readonly fields?: readonly StructField[]
  /** Kind seen by templates: `ptr` for a pointer to a struct, else `struct`. */
  readonly kind?: 'struct' | 'ptr'
}

export interface StructField {
  readonly name: string
  /** Key in JSON and YAML; undefined when the field is not encoded. */
  readonly json: string | undefined
  readonly omitEmpty?: boolean
}

/** A struct, or a pointer to one; `fields` has one entry for each field of its type. */
export class GoStruct {
  readonly type: GoType
  readonly fields: Map<string, Value>

  constructor(type: GoType, fields: Map<string, Value>) {
    this.type = type
    this.fields = fields
  }
}

/** A nil that has a type: a nil map, slice or pointer. Empty, but not the untyped nil. */
export class GoNil {
  readonly kind: 'map' | 'slice' | 'ptr'
  readonly type: GoType

  constructor(kind: 'map' | 'slice' | 'ptr', type: GoType) {
    this.kind = kind
    this.type = type
  }
}

/** A failure that a template function reports, as Go's `error` with its text. */
export class GoError extends Error {
  override readonly name = 'GoError'
}

const TYPE = Symbol('Go type')

interface Typed {
  [TYPE]?: GoType
}

/** Gives an array or a map a Go type of its own, in place, and returns it. */
export function withType<T extends Value[] | GoMap>(value: T, type: GoType): T {
  const typed: Typed = value as unknown as Typed
  typed[TYPE] = type
  return value
}

/** The Go type that an array or a map was given; undefined for the plain ones. */
export function typeOfCollection(value: Value[] | GoMap): GoType | undefined {
  return (value as unknown as Typed)[TYPE]
}

export const STRINGS: GoType = { name: '[]string', zero: '' }
export const STRING_MAP: GoType = { name: 'map[string]string', zero: '' }
export const BYTES: GoType = { name: '[]uint8' }

/** A Go `int`; the most common integer of templates (constants, len, index). */
export function int(value: number | bigint): GoInt {
  if (typeof value === 'number') {
    if (value >= 0 && value < SMALL_INTS.length) {
      return (SMALL_INTS[value] ??= new GoInt(BigInt(value), 'int'))
    }
    if (Number.isSafeInteger(value)) return new GoInt(BigInt(value), 'int')
  }
  return new GoInt(BigInt.asIntN(64, BigInt(value)), 'int')
}

/** A Go `int64`; what Sprig's arithmetic gives. Wraps round as Go does. */
export function int64(value: number | bigint): GoInt {
  return new GoInt(BigInt.asIntN(64, BigInt(value)), 'int64')
}

/** Marks an array as Go's `[]string`. */
export function strings(values: string[]): Value[] {
  return withType(values as Value[], STRINGS)
}

/** The kind that Go's reflect package reports. */
export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'number':
      return 'float64'
    case 'boolean':
      return 'bool'
    default:
      return kindOfObject(value)
  }
}

function kindOfObject(value: Exclude<Value, string | number | boolean>): Kind {
  if (value === null) return 'invalid'
  if (value instanceof Map) return 'map'
  if (Array.isArray(value) || value instanceof Uint8Array) return 'slice'
  if (value instanceof GoInt || value instanceof GoNil) return value.kind
  return value.type.kind ?? 'struct'
}

/** What `%T` prints, for example `float64` or `map[string]interface {}`. */
export function typeName(value: Value): string {
  if (value === null) return '<nil>'
  if (value instanceof Map) return typeOfCollection(value)?.name ?? 'map[string]interface {}'
  if (Array.isArray(value)) return typeOfCollection(value)?.name ?? '[]interface {}'
  if (value instanceof Uint8Array) return BYTES.name
  if (value instanceof GoInt) return value.type?.name ?? value.kind
  if (value instanceof GoNil || value instanceof GoStruct) return value.type.name
  return kindOf(value)
}

/** Those that were asked for; most runs need a few. */
const SMALL_INTS: (GoInt | undefined)[] = Array.from({ length: 256 })
