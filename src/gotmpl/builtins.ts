/*
 * The functions that every template has.
 *
 * Source: Go's text/template/funcs.go.
 */
import { LIMITS } from '../base/limits.ts'
import { byteLength, sliceBytes, toBytes } from '../golang/bytes.ts'
import { sprint, sprintAll, sprintf, sprintln } from '../golang/format.ts'
import {
  GoError,
  GoInt,
  GoNil,
  GoStruct,
  int,
  typeName,
  typeOfCollection,
  type Value,
  withType,
} from '../golang/value.ts'
import type { Signature } from './call.ts'
import { eq, ge, gt, le, lt, ne } from './compare.ts'
import { escapeHtml, escapeJs, escapeQuery } from './escape.ts'
import type { Cell } from './frame.ts'
import { isTrue } from '../golang/truth.ts'

interface Builtin extends Signature {
  readonly call: (...args: never[]) => Value
}

const CELL = 'reflect.Value'

/** The functions by name; a set may have others in their place. */
export const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  // The engine evaluates these two itself, as far as they need it.
  ['and', { params: [CELL, CELL], variadic: true, call: () => null }],
  ['or', { params: [CELL, CELL], variadic: true, call: () => null }],
  ['not', { params: [CELL], variadic: false, call: (value: Cell) => !isTrue(value) }],
  ['call', { params: [CELL, CELL], variadic: true, call: callValue }],
  ['eq', { params: [CELL, CELL], variadic: true, call: eq }],
  ['ne', { params: [CELL, CELL], variadic: false, call: ne }],
  ['lt', { params: [CELL, CELL], variadic: false, call: lt }],
  ['le', { params: [CELL, CELL], variadic: false, call: le }],
  ['gt', { params: [CELL, CELL], variadic: false, call: gt }],
  ['ge', { params: [CELL, CELL], variadic: false, call: ge }],
  ['index', { params: [CELL, CELL], variadic: true, call: index }],
  ['slice', { params: [CELL, CELL], variadic: true, call: slice }],
  ['len', { params: [CELL], variadic: false, call: length }],
  ['print', { params: ['any'], variadic: true, call: (...args) => bounded(sprintAll(args)) }],
  ['println', { params: ['any'], variadic: true, call: (...args) => bounded(sprintln(args)) }],
  ['printf', { params: ['string', 'any'], variadic: true, call: printf }],
  ['html', { params: ['any'], variadic: true, call: (...args) => escapeHtml(textOf(args)) }],
  ['js', { params: ['any'], variadic: true, call: (...args) => escapeJs(textOf(args)) }],
  ['urlquery', { params: ['any'], variadic: true, call: (...args) => escapeQuery(textOf(args)) }],
])

function printf(format: string, ...args: Value[]): string {
  return bounded(sprintf(format, ...args))
}

function bounded(text: string): string {
  if (text.length <= LIMITS.stringBytes) return text
  throw new GoError(`text of more than ${LIMITS.stringBytes.toLocaleString('en-US')} bytes`)
}

/** What the escaping functions escape: a lone nil prints as it does in a template. */
function textOf(args: readonly Value[]): string {
  return sprintAll(args.map((value) => (value === null ? '<no value>' : value)))
}

/** Values are never functions, so there is nothing that `call` can call. */
function callValue(name: string | undefined, callee: Cell): Value {
  if (callee === null || callee === undefined) throw new GoError('call of nil')
  const source = name ?? (typeof callee === 'string' ? callee : `<${typeName(callee)} Value>`)
  throw new GoError(`non-function ${source} of type ${typeName(callee)}`)
}

function index(item: Cell, ...keys: Cell[]): Value {
  if (item === null || item === undefined) throw new GoError('index of untyped nil')
  let value: Value = item
  for (const key of keys) {
    if (value === null || (value instanceof GoNil && value.kind === 'ptr')) {
      throw new GoError('index of nil pointer')
    }
    value = elementOf(value, key)
  }
  return value
}

function elementOf(value: Exclude<Value, null>, key: Cell): Value {
  if (value instanceof Map) {
    const zero = typeOfCollection(value)?.zero ?? null
    const found = value.get(mapKey(key))
    return found === undefined ? zero : found
  }
  if (value instanceof GoNil && value.kind === 'map') {
    mapKey(key)
    return value.type.zero ?? null
  }
  if (typeof value === 'string') {
    const bytes = toBytes(value)
    const at = position(key, bytes.length)
    return byteAt(bytes, at, 'string')
  }
  if (value instanceof Uint8Array) return byteAt(value, position(key, value.length), 'slice')
  if (Array.isArray(value)) {
    const at = position(key, value.length)
    if (at === value.length) throw new GoError('reflect: slice index out of range')
    return value[at] ?? null
  }
  if (value instanceof GoNil) {
    position(key, 0)
    throw new GoError('reflect: slice index out of range')
  }
  throw new GoError(`can't index item of type ${pointedType(value)}`)
}

function byteAt(bytes: Uint8Array, at: number, kind: 'string' | 'slice'): Value {
  const byte = bytes[at]
  if (byte === undefined) throw new GoError(`reflect: ${kind} index out of range`)
  return new GoInt(BigInt(byte), 'uint8')
}

function mapKey(key: Cell): string {
  if (typeof key === 'string') return key
  if (key === null || key === undefined) {
    throw new GoError('value is nil; should be of type string')
  }
  throw new GoError(`value has type ${typeName(key)}; should be string`)
}

/** An index as a number; the length itself is let through, as Go does. */
function position(key: Cell, length: number): number {
  if (key === null || key === undefined) throw new GoError('cannot index slice/array with nil')
  if (!(key instanceof GoInt)) {
    throw new GoError(`cannot index slice/array with type ${typeName(key)}`)
  }
  const at = BigInt.asIntN(64, key.value)
  if (at < 0n || at > BigInt(length)) throw new GoError(`index out of range: ${at}`)
  return Number(at)
}

function slice(item: Cell, ...bounds: Cell[]): Value {
  if (item === null || item === undefined) throw new GoError('slice of untyped nil')
  if (item instanceof GoNil && item.kind === 'ptr') throw new GoError('slice of nil pointer')
  if (bounds.length > 3) throw new GoError(`too many slice indexes: ${bounds.length}`)
  if (typeof item === 'string' && bounds.length === 3) {
    throw new GoError('cannot 3-index slice a string')
  }
  const size = sizeToSlice(item)
  const [start = 0, end = size, most] = bounds.map((bound) => position(bound, size))
  if (start > end) throw new GoError(`invalid slice index: ${start} > ${end}`)
  if (most !== undefined && end > most) throw new GoError(`invalid slice index: ${end} > ${most}`)
  return cut(item, start, end)
}

function sizeToSlice(item: Exclude<Value, null>): number {
  if (typeof item === 'string') return byteLength(item)
  if (Array.isArray(item) || item instanceof Uint8Array) return item.length
  if (item instanceof GoNil && item.kind === 'slice') return 0
  throw new GoError(`can't slice item of type ${pointedType(item)}`)
}

function cut(item: Value, start: number, end: number): Value {
  if (typeof item === 'string') return sliceBytes(item, start, end)
  if (item instanceof Uint8Array) return item.subarray(start, end)
  if (!Array.isArray(item)) return item
  const type = typeOfCollection(item)
  const part = item.slice(start, end)
  return type === undefined ? part : withType(part, type)
}

function length(item: Cell): Value {
  if (typeof item === 'string') return int(byteLength(item))
  if (item instanceof Map) return int(item.size)
  if (Array.isArray(item) || item instanceof Uint8Array) return int(item.length)
  if (item === undefined) throw new GoError('reflect: call of reflect.Value.Type on zero Value')
  if (item === null) throw new GoError('len of nil pointer')
  if (item instanceof GoNil) {
    if (item.kind === 'ptr') throw new GoError('len of nil pointer')
    return int(0)
  }
  throw new GoError(`len of type ${pointedType(item)}`)
}

/** A value's type, of a pointer that to which it points. */
function pointedType(value: Value): string {
  const name = typeName(value)
  return value instanceof GoStruct && value.type.kind === 'ptr' ? name.replace(/^\*/, '') : name
}

/** How a value prints in a template. */
export function printed(value: Cell): string {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return '<no value>'
  return sprint(value instanceof GoStruct ? pointerText(value) : value)
}

/** What a struct prints that is reached through a pointer, whose methods then count. */
function pointerText(struct: GoStruct): Value {
  const { methods, hasPointerMethods = false } = struct.type
  return hasPointerMethods ? (methods?.['String']?.(struct) ?? struct) : struct
}
