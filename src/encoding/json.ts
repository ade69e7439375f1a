import type { Json } from '../base/json.ts'
import { LIMITS } from '../base/limits.ts'
import { ValueBudget } from '../base/value-budget.ts'
import { fromBytes, toBytes } from '../golang/bytes.ts'
import { compareText, sortedKeys } from '../golang/order.ts'
import { formatFloat } from '../golang/strconv.ts'
import { GoError, GoInt, GoNil, GoStruct, type Value } from '../golang/value.ts'
import { explainJsonError } from './json-error.ts'

/** What both encoders take: the values of templates, or plain JSON. */
export type Encodable = Value | Json

export interface JsonOptions {
  /** Put in front of each line once for each level; without it all stands on one line. */
  indent?: string
  /** Whether `<`, `>` and `&` are escaped, as Go does unless told otherwise. */
  escapeHtml?: boolean
}

/**
 * Writes a value as Go's `encoding/json` does, byte for byte: keys in order, floats in
 * their shortest form, what is no valid text as U+FFFD, structs by their JSON names.
 *
 * @throws GoError with Go's text for NaN and infinities
 * @throws PkgError RENDER_BUDGET when the text is too long
 */
export function encodeJson(value: Encodable, options: JsonOptions = {}): string {
  const { indent, escapeHtml = true } = options
  return write({ indent, escapeHtml, budget: new ValueBudget() }, value, '\n')
}

/**
 * Reads JSON as Go's `encoding/json` reads it into an `interface {}`: every number is a
 * float64, the last of equal keys counts, what is no valid text becomes U+FFFD.
 *
 * @throws GoError with Go's text
 */
export function decodeJson(text: string): Value {
  const json = parse(text)
  assertFinite(text)
  return toValue(json, MAY_HOLD_LONE.test(text), 0)
}

/** Reads JSON into plain JSON values by the rules of `decodeJson`; throws as it does. */
export function decodeJsonPlain(text: string): Json {
  const json = parse(text)
  assertFinite(text)
  return MAY_HOLD_LONE.test(text) ? repair(json, 0) : json
}

/** Reads a JSON object as Go reads it into a `map[string]interface {}`; throws as `decodeJson`. */
export function decodeJsonMap(text: string): Value {
  return decodeInto(text, 'map', 'map[string]interface {}')
}

/** Reads a JSON array as Go reads it into a `[]interface {}`; throws as `decodeJson`. */
export function decodeJsonList(text: string): Value {
  return decodeInto(text, 'slice', '[]interface {}')
}

/** Quotes text as a JSON string of Go's. */
export function encodeJsonString(text: string, escapeHtml = true): string {
  if (/^[\x20\x21\x23-\x25\x27-\x3b\x3d\x3f-\x5b\x5d-\x7e]*$/.test(text)) return `"${text}"`
  const whole = LONE.test(text) ? fromBytes(toBytes(text)) : text
  return `"${whole.replace(escapeHtml ? UNSAFE_IN_HTML : UNSAFE, escapeCharacter)}"`
}

const MAY_HOLD_LONE = /[\ud800-\udfff]|\\u[dD][89a-fA-F]/u
const LONE = /[\ud800-\udfff]/u
const UNSAFE = /[\x00-\x1f"\\\u2028\u2029\ud800-\udfff]/gu
const UNSAFE_IN_HTML = /[\x00-\x1f"\\<>&\u2028\u2029\ud800-\udfff]/gu

interface Style {
  readonly indent: string | undefined
  readonly escapeHtml: boolean
  readonly budget: ValueBudget
}

/** Writes one value; `line` is a line break and the indent of the level it stands on. */
function write(style: Style, value: Encodable, line: string): string {
  if (typeof value === 'object') return writeObject(style, value, line)
  const text = writeScalar(style, value)
  style.budget.write(text.length)
  return text
}

function writeScalar(style: Style, value: string | number | boolean): string {
  if (typeof value === 'string') return encodeJsonString(value, style.escapeHtml)
  if (typeof value === 'number') return encodeFloat(value)
  return value ? 'true' : 'false'
}

function writeObject(
  style: Style,
  value: Exclude<Encodable, string | number | boolean>,
  line: string,
): string {
  if (value === null || value instanceof GoNil) return 'null'
  if (value instanceof GoInt) return value.value.toString()
  if (Array.isArray(value)) return writeList(style, value, line)
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString('base64')}"`
  if (value instanceof GoStruct) return writeStruct(style, value, line)
  if (value instanceof Map) {
    const keys = sortedKeys(value)
    return writeEntries(style, keys, (key) => value.get(key) ?? null, line)
  }
  const keys = Object.keys(value).sort(compareText)
  return writeEntries(style, keys, (key) => value[key] ?? null, line)
}

function writeList(style: Style, items: readonly Encodable[], line: string): string {
  if (items.length === 0) return '[]'
  const inner = style.indent === undefined ? '' : line + style.indent
  let text = '['
  for (let at = 0; at < items.length; at++) {
    countEntry(style, inner.length + 1)
    text += (at > 0 ? ',' : '') + inner + write(style, items[at] ?? null, inner)
  }
  return `${text}${style.indent === undefined ? '' : line}]`
}

function writeEntries(
  style: Style,
  keys: readonly string[],
  get: (key: string) => Encodable,
  line: string,
): string {
  if (keys.length === 0) return '{}'
  const inner = style.indent === undefined ? '' : line + style.indent
  const colon = style.indent === undefined ? ':' : ': '
  let text = '{'
  for (const [at, key] of keys.entries()) {
    const start = (at > 0 ? ',' : '') + inner + encodeJsonString(key, style.escapeHtml) + colon
    countEntry(style, start.length)
    text += start
    text += write(style, get(key), inner)
  }
  return `${text}${style.indent === undefined ? '' : line}}`
}

function countEntry({ budget }: Style, characters: number): void {
  budget.visit()
  budget.write(characters)
}

/** A struct by the JSON names of its fields, or as its own `MarshalJSON` says. */
function writeStruct(style: Style, value: GoStruct, line: string): string {
  const marshal = value.type.methods?.['MarshalJSON']
  if (marshal !== undefined) {
    const bytes = marshal(value)
    return bytes instanceof Uint8Array ? fromBytes(bytes) : 'null'
  }
  const entries = new Map<string, Value>()
  for (const field of value.type.fields ?? []) {
    const item = value.fields.get(field.name) ?? null
    if (field.json === undefined || (field.omitEmpty === true && isEmpty(item))) continue
    entries.set(field.json, item)
  }
  return writeEntries(style, [...entries.keys()], (key) => entries.get(key) ?? null, line)
}

/** Whether Go's `omitempty` leaves the value out. */
export function isEmpty(value: Value): boolean {
  if (value === null || value === false || value === 0 || value === '') return true
  if (value instanceof GoInt) return value.value === 0n
  if (value instanceof Map) return value.size === 0
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0
  return value instanceof GoNil
}

function encodeFloat(value: number): string {
  if (!Number.isFinite(value)) {
    throw new GoError(`json: unsupported value: ${formatFloat(value)}`)
  }
  return Object.is(value, -0) ? '-0' : String(value)
}

function escapeCharacter(character: string): string {
  switch (character) {
    case '"':
    case '\\':
      return `\\${character}`
    case '\b':
      return '\\b'
    case '\f':
      return '\\f'
    case '\n':
      return '\\n'
    case '\r':
      return '\\r'
    case '\t':
      return '\\t'
    default:
      return LONE.test(character)
        ? '\\ufffd'
        : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  }
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new GoError(explainJsonError(text))
  }
}

function decodeInto(text: string, kind: 'map' | 'slice', name: string): Value {
  const json = parse(text)
  if (json === null) return new GoNil(kind, { name })
  const isList = Array.isArray(json)
  if (typeof json !== 'object' || isList !== (kind === 'slice')) {
    const found = typeof json === 'object' ? (isList ? 'array' : 'object') : nameOf(json)
    throw new GoError(`json: cannot unmarshal ${found} into Go value of type ${name}`)
  }
  assertFinite(text)
  return toValue(json, MAY_HOLD_LONE.test(text), 0)
}

function nameOf(json: string | number | boolean): string {
  return typeof json === 'boolean' ? 'bool' : typeof json
}

/** Go refuses a number beyond float64, where JSON.parse gives infinity. */
function assertFinite(text: string): void {
  if (!/\d[eE]|\d{309}/.test(text)) return
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g)) {
    if (token.startsWith('"') || Number.isFinite(Number(token))) continue
    throw new GoError(`json: cannot unmarshal number ${token} into Go value of type float64`)
  }
}

function toValue(json: Json, mayHoldLone: boolean, depth: number): Value {
  if (typeof json === 'string') return mayHoldLone ? repaired(json) : json
  if (typeof json !== 'object' || json === null) return json
  assertDepth(json, depth)
  if (Array.isArray(json)) {
    const list: Value[] = []
    for (const item of json) list.push(toValue(item, mayHoldLone, depth + 1))
    return list
  }
  const map = new Map<string, Value>()
  for (const key of Object.keys(json)) {
    const item = toValue(json[key] ?? null, mayHoldLone, depth + 1)
    map.set(mayHoldLone ? repaired(key) : key, item)
  }
  return map
}

function repair(json: Json, depth: number): Json {
  if (typeof json === 'string') return repaired(json)
  if (typeof json !== 'object' || json === null) return json
  assertDepth(json, depth)
  if (Array.isArray(json)) return json.map((item) => repair(item, depth + 1))
  return Object.fromEntries(
    Object.entries(json).map(([key, item]) => [repaired(key), repair(item, depth + 1)]),
  )
}

function repaired(text: string): string {
  return LONE.test(text) ? text.replaceAll(/[\ud800-\udfff]/gu, '\ufffd') : text
}

/** Go's words, but a lower limit: what is deeper is no data of a chart. */
function assertDepth(json: object, depth: number): void {
  if (depth < LIMITS.yamlDepth) return
  throw new GoError(`invalid character '${Array.isArray(json) ? '[' : '{'}' exceeded max depth`)
}
