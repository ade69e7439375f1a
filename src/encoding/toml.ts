import { requirePackage } from '../base/lazy.ts'
import { ValueBudget } from '../base/value-budget.ts'
import { fromBytes, toBytes } from '../golang/bytes.ts'
import { sortedKeys } from '../golang/order.ts'
import { formatFloat } from '../golang/strconv.ts'
import { formatTime, instantOf, isTime, loadZone, parseTime, timeValue } from '../golang/time.ts'
import { GoError, GoInt, GoNil, GoStruct, int64, type Value } from '../golang/value.ts'
import { describeTomlMistake } from './toml-mistake.ts'

/**
 * Writes a value as Helm's `toToml` does: plain keys of a table before its sub-tables, each
 * in order, every level of tables indented by two.
 *
 * Source: BurntSushi/toml v1.6.0 `Encoder`.
 *
 * @throws GoError with Go's text for what TOML cannot hold
 * @throws PkgError RENDER_BUDGET when the text is too long
 */
export function encodeToml(value: Value): string {
  const out: Output = { text: '', budget: new ValueBudget() }
  writeEntry(out, [], value)
  return out.text
}

/**
 * Reads TOML as Helm's `fromToml` does: integers are int64, dates are times.
 *
 * @throws GoError that names the line
 */
export function decodeToml(text: string): Map<string, Value> {
  const { parse, TomlDate, TomlError } = requirePackage('smol-toml') as typeof import('smol-toml')
  try {
    const table = parse(fromBytes(toBytes(text)), { integersAsBigInt: true })
    return toTable(table, (value) => value instanceof TomlDate)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const reason = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? ''
    const mistake = OF_KEYS.test(reason) ? describeTomlMistake(text, error.line) : undefined
    throw new GoError(mistake ?? `toml: line ${error.line}: ${reason}`)
  }
}

/** The reasons that smol-toml gives for keys and heads of tables. */
const OF_KEYS = /key|table array/

interface Output {
  text: string
  readonly budget: ValueBudget
}

type Key = readonly string[]
type TomlType = 'hash' | 'array of hashes' | 'other' | 'nil'

function writeEntry(out: Output, key: Key, value: Value): void {
  const { budget } = out
  budget.assertLength(out.text.length)
  const type = typeOf(value, budget)
  if (type === 'nil') {
    if (value !== null || key.length > 0) return
    throw new GoError('reflect: call of reflect.Value.Type on zero Value')
  }
  if (type === 'hash') writeTable(out, key, value)
  else if (type === 'array of hashes') writeTables(out, key, value as Value[])
  else if (key.length === 0) out.text += inline(value, budget)
  else {
    out.text += `${indentOf(key)}${quoteKey(key.at(-1) ?? '')} = ${inline(value, budget)}`
    writeNewline(out)
  }
}

function writeTable(out: Output, key: Key, value: Value): void {
  if (key.length === 1) writeNewline(out)
  if (key.length > 0) {
    out.text += `${indentOf(key)}[${key.map(quoteKey).join('.')}]`
    writeNewline(out)
  }
  writeFields(out, key, value)
}

function writeTables(out: Output, key: Key, tables: readonly Value[]): void {
  if (key.length === 0) throw new GoError('toml: top-level values must be Go maps or structs')
  for (const table of tables) {
    writeNewline(out)
    out.text += `${indentOf(key)}[[${key.map(quoteKey).join('.')}]]`
    writeNewline(out)
    writeFields(out, key, table)
  }
}

function writeFields(out: Output, key: Key, table: Value): void {
  for (const { name, item } of orderedFields(table, out.budget))
    writeEntry(out, [...key, name], item)
}

/** Go writes no empty line at the very top. */
function writeNewline(out: Output): void {
  if (out.text !== '') out.text += '\n'
}

function indentOf(key: Key): string {
  return '  '.repeat(key.length - 1)
}

interface Field {
  readonly name: string
  readonly item: Value
  readonly type: TomlType
}

/** The fields of a table: first values, then sub-tables. */
function orderedFields(table: Value, budget: ValueBudget): Field[] {
  const fields = fieldsOf(table).map(([name, item]): Field => {
    return { name, item, type: typeOf(item, budget) }
  })
  const isTable = ({ type }: Field) => type === 'hash' || type === 'array of hashes'
  return [...fields.filter((field) => !isTable(field)), ...fields.filter(isTable)]
}

function fieldsOf(table: Value): [string, Value][] {
  if (table instanceof GoStruct) return [...table.fields]
  if (!(table instanceof Map)) return []
  return sortedKeys(table).map((key) => [key, table.get(key) ?? null])
}

function typeOf(value: Value, budget: ValueBudget): TomlType {
  budget.visit()
  if (value === null || value instanceof GoNil) return 'nil'
  if (value instanceof Map) return 'hash'
  if (value instanceof GoStruct) return textOf(value) === undefined ? 'hash' : 'other'
  if (!Array.isArray(value) || value.length === 0) return 'other'
  const types = value.map((item) => typeOf(item, budget))
  if (types.includes('nil')) throw new GoError('toml: cannot encode array with nil element')
  return types.every((type) => type === 'hash') ? 'array of hashes' : 'other'
}

/** Writes a value on one line. */
function inline(value: Value, budget: ValueBudget): string {
  budget.visit()
  if (Array.isArray(value)) return `[${value.map((item) => inline(item, budget)).join(', ')}]`
  const text = inlineScalar(value)
  if (text === undefined) return inlineTable(value, budget)
  budget.write(text.length)
  return text
}

/** What is written without brackets of its own; undefined for a table. */
function inlineScalar(value: Exclude<Value, readonly Value[]>): string | undefined {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return inlineFloat(value)
  if (value instanceof GoInt) return inlineInteger(value)
  if (value instanceof Uint8Array) return `[${Array.from(value).join(', ')}]`
  return value instanceof GoStruct ? textOf(value) : undefined
}

/** BurntSushi leaves a comma before a nil that it leaves out at the end. */
function inlineTable(table: Value, budget: ValueBudget): string {
  const fields = orderedFields(table, budget)
  const items = fields.map(({ name, item, type }, index) => {
    if (type === 'nil') return ''
    const key = quoteKey(name)
    budget.write(key.length + 5)
    return `${key} = ${inline(item, budget)}${index < fields.length - 1 ? ', ' : ''}`
  })
  return `{${items.join('')}}`
}

function inlineInteger(value: GoInt): string {
  const text = value.type?.name === 'time.Duration' && value.type.methods?.['String']?.(value)
  return typeof text === 'string' ? quote(text) : value.value.toString()
}

function inlineFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  const text = formatFloat(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}

/** What a struct is written as if it is no table: a time, or a text of its own. */
function textOf(value: GoStruct): string | undefined {
  const time: Value = value
  if (isTime(time)) return formatTime(instantOf(time), '2006-01-02T15:04:05.999999999Z07:00')
  const text = value.type.methods?.['MarshalText']?.(value)
  return text instanceof Uint8Array ? quote(fromBytes(text)) : undefined
}

function quoteKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quote(key)
}

const SHORT_ESCAPES: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
}

function quote(text: string): string {
  const escaped = text.replaceAll(/["\\\x00-\x1f\x7f]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0')
    return SHORT_ESCAPES[character] ?? `\\u${code}`
  })
  return `"${escaped}"`
}

function toTable(table: object, isDate: (value: object) => boolean): Map<string, Value> {
  const map = new Map<string, Value>()
  for (const [key, item] of Object.entries(table)) map.set(key, toValue(item, isDate))
  return map
}

function toValue(item: unknown, isDate: (value: object) => boolean): Value {
  if (typeof item === 'bigint') return int64(item)
  if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean') return item
  if (Array.isArray(item)) return item.map((each) => toValue(each, isDate))
  if (typeof item !== 'object' || item === null) return null
  return isDate(item) ? toTime(item as Date) : toTable(item, isDate)
}

/** A date of TOML as a time; what names no offset is in the zone that BurntSushi invents. */
function toTime(date: Date): Value {
  const text = date.toISOString()
  const form = /^\d{4}-/.test(text) ? (text.includes('T') ? 'datetime' : 'date') : 'time'
  if (form === 'datetime' && /(?:Z|[-+]\d\d:\d\d)$/.test(text)) {
    return timeValue(parseTime('2006-01-02T15:04:05Z07:00', text, loadZone('Local')))
  }
  const layout = { datetime: '2006-01-02T15:04:05', date: '2006-01-02', time: '15:04:05' }[form]
  return timeValue(parseTime(layout, text, { ...loadZone('UTC'), name: `${form}-local` }))
}
