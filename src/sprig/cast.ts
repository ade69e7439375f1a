import { ValueBudget } from '../base/value-budget.ts'
import { fromBytes } from '../golang/bytes.ts'
import { sprint } from '../golang/format.ts'
import { parseFloat, parseInt } from '../golang/strconv.ts'
import { GoError, GoInt, GoNil, GoStruct, type GoMap, type Value } from '../golang/value.ts'

/** What Go says when nil is used where a value is needed. */
export const NIL_DEREFERENCE = 'runtime error: invalid memory address or nil pointer dereference'

/** The error text of a Go slice expression whose bound is out of range. */
export function boundsError(detail: string): GoError {
  return new GoError(`runtime error: slice bounds out of range ${detail}`)
}

/**
 * Turns a value into text: bytes as they are, all else as `%v`.
 *
 * Source: Masterminds/sprig v3.3.0 strings.go, `strval`.
 *
 * @param budget of all texts that are made with it
 */
export function toText(value: Value, budget?: ValueBudget): string {
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return fromBytes(value)
  return sprint(value, budget)
}

/**
 * Turns a list into texts without its nils; anything else is a list of one, nil of none.
 *
 * Source: Masterminds/sprig v3.3.0 strings.go, `strslice`.
 */
export function toTexts(value: Value): string[] {
  const items = itemsOf(value)
  if (items !== undefined) {
    const budget = new ValueBudget()
    return items.filter((item) => item !== null).map((item) => toText(item, budget))
  }
  return value === null ? [] : [toText(value)]
}

/** The items of a list of any type, bytes as `uint8`; undefined when it is no list. */
export function itemsOf(value: Value): readonly Value[] | undefined {
  if (Array.isArray(value)) return value
  if (value instanceof Uint8Array) {
    return Array.from(value, (byte) => new GoInt(BigInt(byte), 'uint8'))
  }
  return value instanceof GoNil && value.kind === 'slice' ? [] : undefined
}

/** The entries of a map parameter; undefined for a nil map. */
export function mapOf(value: Value): GoMap | undefined {
  return value instanceof Map ? value : undefined
}

/**
 * Whether a value is the zero of its kind, or a list, map or string of length 0.
 *
 * A struct never is; a pointer is when it is nil.
 *
 * Source: Masterminds/sprig v3.3.0 defaults.go, `empty`.
 */
export function isEmpty(value: Value): boolean {
  switch (typeof value) {
    case 'string':
      return value === ''
    case 'number':
      return value === 0
    case 'boolean':
      return !value
    default:
      return isEmptyObject(value)
  }
}

function isEmptyObject(value: Exclude<Value, string | number | boolean>): boolean {
  if (value === null || value instanceof GoNil) return true
  if (value instanceof Map) return value.size === 0
  if (value instanceof GoInt) return value.value === 0n
  if (value instanceof GoStruct) return false
  return value.length === 0
}

/**
 * Turns a value into an int64 and never fails: what is no number gives 0.
 *
 * Text is read by Go's rules for literals (`0x1f`, `010` is octal, `1_000`), and may end
 * in `.0`. Integers with a type of their own, such as durations, give 0.
 *
 * Source: spf13/cast v1.7.0 caste.go, `ToInt64E`.
 */
export function toInt64(value: Value): bigint {
  if (value instanceof GoInt) {
    return isPlainInteger(value) ? BigInt.asIntN(64, value.value) : 0n
  }
  if (typeof value === 'number') return truncate(value)
  if (typeof value === 'boolean') return value ? 1n : 0n
  return typeof value === 'string' ? orZero(() => parseInt(trimZeroDecimal(value), 0), 0n) : 0n
}

/**
 * Turns a value into a float and never fails: what is no number gives 0.
 *
 * Source: spf13/cast v1.7.0 caste.go, `ToFloat64E`.
 */
export function toFloat64(value: Value): number {
  if (typeof value === 'number') return value
  if (value instanceof GoInt) return isPlainInteger(value) ? Number(value.value) : 0
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'string' ? orZero(() => parseFloat(value), 0) : 0
}

/** As strconv.Atoi without its error: 0 for what is no number, the nearest int if too big. */
export function atoi(text: string): bigint {
  if (!/^[+-]?\d+$/.test(text)) return 0n
  const value = BigInt(text.replace('+', ''))
  if (value > MOST_INT64) return MOST_INT64
  return value < -MOST_INT64 - 1n ? -MOST_INT64 - 1n : value
}

/** What a function that reports failures gives, or `zero` where it fails. */
export function orZero<T>(read: () => T, zero: T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof GoError) return zero
    throw error
  }
}

function isPlainInteger(value: GoInt): boolean {
  const name = value.type?.name
  return name === undefined || name === 'time.Month' || name === 'time.Weekday'
}

/** Go's conversion on amd64: whatever does not fit becomes the least int64. */
function truncate(value: number): bigint {
  const whole = Math.trunc(value)
  return whole >= -TWO_TO_63 && whole < TWO_TO_63 ? BigInt(whole) : LEAST_INT64
}

const TWO_TO_63 = 2 ** 63
const LEAST_INT64 = -(2n ** 63n)

function trimZeroDecimal(text: string): string {
  return text.replace(/\.0+$/, '')
}

const MOST_INT64 = 2n ** 63n - 1n
