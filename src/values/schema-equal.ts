import { isList, isMap, isNumber, type SchemaValue } from './schema-json.ts'
import { compareDecimals, decimalOf, isWhole } from './schema-number.ts'

/** The JSON type of a value; undefined for what JSON cannot hold. */
export function jsonTypeOf(value: SchemaValue): string | undefined {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'string') return 'string'
  if (isNumber(value)) return 'number'
  if (isList(value)) return 'array'
  return isMap(value) ? 'object' : undefined
}

/** Whether the value is a number without a fraction; `1.0` and `1e3` are. */
export function isInteger(value: SchemaValue): boolean {
  if (typeof value === 'number') return Number.isInteger(value)
  return isNumber(value) && isWhole(decimalOf(value))
}

/** Whether two values are equal as JSON; numbers by value, maps in any order. */
export function areEqual(a: SchemaValue, b: SchemaValue): boolean {
  if (isMap(a)) {
    if (!isMap(b) || a.size !== b.size) return false
    for (const [key, value] of a) {
      const other = b.get(key)
      if (other === undefined || !areEqual(value, other)) return false
    }
    return true
  }
  if (isList(a)) {
    if (!isList(b) || a.length !== b.length) return false
    return a.every((value, at) => areEqual(value, b[at] ?? null))
  }
  if (isNumber(a)) return isNumber(b) && compareDecimals(decimalOf(a), decimalOf(b)) === 0
  return a === b
}

/** The positions of the first item that is equal to an earlier one, the earlier one first. */
export function findDuplicate(list: readonly SchemaValue[]): [number, number] | undefined {
  const seen = new Map<string, number>()
  for (const [at, item] of list.entries()) {
    const key = keyOf(item)
    const earlier = seen.get(key)
    if (earlier !== undefined) return [earlier, at]
    seen.set(key, at)
  }
  return undefined
}

/** A text that two values share exactly when they are equal. */
function keyOf(value: SchemaValue): string {
  if (isMap(value)) {
    const keys = [...value.keys()].sort()
    return `{${keys.map((key) => `${JSON.stringify(key)}:${keyOf(value.get(key) ?? null)}`).join()}}`
  }
  if (isList(value)) return `[${value.map(keyOf).join()}]`
  if (isNumber(value)) {
    const { digits, exponent } = decimalOf(value)
    return `${digits}e${exponent}`
  }
  return JSON.stringify(value)
}
