import type { Json } from '../base/json.ts'
import { ValueBudget } from '../base/value-budget.ts'
import { fromBytes, toBytes } from '../golang/bytes.ts'
import { formatFloat } from '../golang/strconv.ts'
import { GoError, GoInt, GoNil, GoStruct, type Value } from '../golang/value.ts'
import { encodeJson, encodeJsonString, type Encodable, isEmpty } from './json.ts'
import { byKeyV2, byKeyV3, type KeyOrder } from './yaml-emit-order.ts'
import {
  type Emitter,
  INDENT,
  isShortWord,
  writeIndent,
  writeKey,
  writeMark,
  writeShortKey,
  writeText,
  writeWord,
} from './yaml-emit-scalar.ts'

/**
 * Writes a value as Helm's `toYaml` does, with a line break at the end.
 *
 * Helm goes through JSON: structs have their JSON names, bytes are base64, a float without
 * fraction is an integer. Lists in maps are not indented, long lines are folded.
 *
 * Source: sigs.k8s.io/yaml `Marshal` over go.yaml.in/yaml/v2.
 *
 * @throws GoError with Go's text for NaN, infinities and control characters
 * @throws PkgError RENDER_BUDGET when the text is too long
 */
export function encodeYaml(value: Encodable): string {
  const emitter = newEmitter(FOLD_WIDTH, false)
  writeNode({ emitter, dialect: THROUGH_JSON, budget: new ValueBudget() }, value, false)
  writeIndent(emitter)
  return emitter.out
}

/** Writes plain JSON as `encodeYaml` does. */
export function encodeYamlPlain(json: Json): string {
  return encodeYaml(json)
}

/**
 * Writes a value as Helm's `toYamlPretty` does, with a line break at the end: lists in
 * maps are indented, lines are never folded, floats keep Go's `%g` form.
 *
 * Source: go.yaml.in/yaml/v3 `Encoder` with an indent of two.
 */
export function encodeYamlPretty(value: Encodable): string {
  const emitter = newEmitter(Number.POSITIVE_INFINITY, true)
  writeNode({ emitter, dialect: PRETTY, budget: new ValueBudget() }, value, false)
  writeIndent(emitter)
  return emitter.out
}

const FOLD_WIDTH = 80

/** What sets the two kinds of YAML apart, besides width and tabs. */
interface Dialect {
  readonly keyOrder: KeyOrder
  readonly indentsListInMap: boolean
  readonly float: (value: number) => string
  /** Brings text into the form that is written; undefined for bytes to be written as base64. */
  readonly text: (text: string) => string | undefined
  readonly key: (key: string) => string
  readonly bytes: (bytes: Uint8Array) => Encodable
  readonly nil: (value: GoNil) => Encodable
  readonly struct: (value: GoStruct) => Encodable
  /** Whether times are written as they are, though a reader takes them for no text. */
  readonly writesPlainTimes: boolean
  readonly int: (value: GoInt) => string
}

interface Writer {
  readonly emitter: Emitter
  readonly dialect: Dialect
  readonly budget: ValueBudget
}

function newEmitter(width: number, tabsInLiteral: boolean): Emitter {
  const start = { out: '', column: 0, indent: -1, whitespace: true, indention: true }
  return { ...start, width, tabsInLiteral }
}

function writeNode(writer: Writer, value: Encodable, inMap: boolean): void {
  const { emitter, dialect, budget } = writer
  budget.visit()
  budget.assertLength(emitter.out.length)
  switch (typeof value) {
    case 'string':
      if (isShortWord(value)) writeWord(emitter, value)
      else writeString(writer, value)
      break
    case 'number':
      writeWord(emitter, dialect.float(value))
      break
    case 'boolean':
      writeWord(emitter, value ? 'true' : 'false')
      break
    default:
      writeObject(writer, value, inMap)
  }
}

function writeString({ emitter, dialect }: Writer, value: string): void {
  const text = dialect.text(value)
  if (text === undefined) writeBinary(emitter, value)
  else writeText(emitter, text)
}

function writeBinary(emitter: Emitter, value: string): void {
  writeWord(emitter, '!!binary')
  writeText(emitter, toBytes(value).toString('base64'))
}

function writeObject(
  writer: Writer,
  value: Exclude<Encodable, string | number | boolean>,
  inMap: boolean,
): void {
  const { emitter, dialect } = writer
  if (value === null) writeWord(emitter, 'null')
  else if (value instanceof GoInt) writeWord(emitter, dialect.int(value))
  else if (Array.isArray(value)) writeList(writer, value, inMap)
  else if (value instanceof Map) writeMap(writer, [...value.keys()], (key) => value.get(key))
  else if (value instanceof GoNil) writeNode(writer, dialect.nil(value), inMap)
  else if (value instanceof GoStruct) writeStruct(writer, value, inMap)
  else if (value instanceof Uint8Array) writeNode(writer, dialect.bytes(value), inMap)
  else writeMap(writer, Object.keys(value), (key) => value[key])
}

function writeStruct(writer: Writer, value: GoStruct, inMap: boolean): void {
  const { emitter, dialect } = writer
  const written = dialect.struct(value)
  const isPlain = dialect.writesPlainTimes && value.type.name === 'time.Time'
  if (isPlain && typeof written === 'string') writeWord(emitter, written)
  else writeNode(writer, written, inMap)
}

function writeList(writer: Writer, items: readonly Encodable[], inMap: boolean): void {
  const { emitter, dialect } = writer
  if (items.length === 0) {
    writeWord(emitter, '[]')
    return
  }
  const { indent } = emitter
  const staysLeft = inMap && !dialect.indentsListInMap && !emitter.indention
  if (!staysLeft) emitter.indent = indent < 0 ? 0 : indent + INDENT
  for (const item of items) {
    writeIndent(emitter)
    writeMark(emitter, '-')
    writeNode(writer, item, false)
  }
  emitter.indent = indent
}

function writeMap(
  writer: Writer,
  keys: string[],
  get: (key: string) => Encodable | undefined,
): void {
  const { emitter, dialect } = writer
  if (keys.length === 0) {
    writeWord(emitter, '{}')
    return
  }
  const { indent } = emitter
  emitter.indent = indent < 0 ? 0 : indent + INDENT
  for (const key of keys.sort(dialect.keyOrder)) {
    if (isShortWord(key)) writeShortKey(emitter, key)
    else writeKey(emitter, dialect.key(key))
    writeNode(writer, get(key) ?? null, true)
  }
  emitter.indent = indent
}

const THROUGH_JSON: Dialect = {
  keyOrder: byKeyV2,
  indentsListInMap: false,
  float: jsonFloat,
  text: jsonText,
  key: jsonKey,
  bytes: (bytes) => Buffer.from(bytes).toString('base64'),
  nil: () => null,
  struct: jsonStruct,
  writesPlainTimes: false,
  int: (value) => value.value.toString(),
}

const PRETTY: Dialect = {
  keyOrder: byKeyV3,
  indentsListInMap: true,
  float: prettyFloat,
  text: (text) => (isValidText(text) ? text : undefined),
  key: (key) => key,
  bytes: (bytes) => Array.from(bytes, (byte) => new GoInt(BigInt(byte), 'uint8')),
  nil: ({ kind }) => (kind === 'ptr' ? null : kind === 'map' ? new Map() : []),
  struct: prettyStruct,
  writesPlainTimes: true,
  int: prettyInt,
}

/** A float as JSON text that is read back as a YAML number. */
function jsonFloat(value: number): string {
  if (!Number.isFinite(value)) {
    const text = `json: unsupported value: ${formatFloat(value)}`
    throw new GoError(`error marshaling into JSON: ${text}`)
  }
  const isInteger = Number.isInteger(value) && value < 2 ** 64 && value > -(2 ** 63)
  return isInteger ? String(value) : formatFloat(value)
}

const PLAIN_ASCII = /^[\x00-\x7e]*$/

/** What is left of a text after it went through JSON and a reader of YAML 1.1. */
function jsonText(text: string): string {
  if (PLAIN_ASCII.test(text)) return text
  const whole = /[\udc80-\udcff]/.test(text) ? fromBytes(toBytes(text)) : text
  const valid = whole.replaceAll(/[\ud800-\udfff]/gu, '\ufffd')
  if (/[\x7f-\x84\x86-\x9f\ufffe\uffff]/.test(valid)) {
    throw new GoError('yaml: control characters are not allowed')
  }
  return valid.includes('\u0085') ? foldNextLines(valid) : valid
}

/**
 * Like `jsonText`, for a key: the reader takes no key of more than one line, or of more
 * than 1,024 characters as JSON writes it.
 */
function jsonKey(key: string): string {
  const text = jsonText(key)
  if (key.includes('\u0085')) {
    throw new GoError("yaml: line 1: did not find expected ',' or '}'")
  }
  // One character is at most six in JSON.
  if (key.length > LONGEST_KEY / 6 && Array.from(encodeJsonString(key)).length > LONGEST_KEY) {
    throw new GoError("yaml: did not find expected ',' or '}'")
  }
  return text
}

const LONGEST_KEY = 1024

/** A NEL is a line break for the reader: one becomes a blank, of more the first is lost. */
function foldNextLines(text: string): string {
  return text.replaceAll(/ *\u0085[ \u0085]*/g, (run) => {
    const breaks = run.split('\u0085').length - 1
    return breaks === 1 ? ' ' : '\n'.repeat(breaks - 1)
  })
}

/** A struct as a map by its JSON names, or what its `MarshalJSON` gives. */
function jsonStruct(value: GoStruct): Encodable {
  if (value.type.methods?.['MarshalJSON'] !== undefined) {
    return JSON.parse(encodeJson(value)) as Json
  }
  const map = new Map<string, Value>()
  for (const { name, json, omitEmpty } of value.type.fields ?? []) {
    const item = value.fields.get(name) ?? null
    if (json !== undefined && !(omitEmpty === true && isEmpty(item))) map.set(json, item)
  }
  return map
}

function isValidText(text: string): boolean {
  return !/[\ud800-\udfff]/u.test(text)
}

function prettyFloat(value: number): string {
  if (Number.isNaN(value)) return '.nan'
  if (value === Infinity) return '.inf'
  return value === -Infinity ? '-.inf' : formatFloat(value)
}

/** A struct by its lower-case field names, or what its `MarshalText` gives. */
function prettyStruct(value: GoStruct): Encodable {
  const text = value.type.methods?.['MarshalText']?.(value)
  if (text instanceof Uint8Array) return fromBytes(text)
  const map = new Map<string, Value>()
  for (const [name, item] of value.fields) map.set(name.toLowerCase(), item)
  return map
}

/** An integer; a duration as text. */
function prettyInt(value: GoInt): string {
  const text = value.type?.methods?.['String']?.(value)
  return typeof text === 'string' ? text : value.value.toString()
}
