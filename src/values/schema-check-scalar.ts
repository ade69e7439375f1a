import { runes } from '../golang/bytes.ts'
import { sprintf } from '../golang/format.ts'
import type { Value } from '../golang/value.ts'
import { areEqual, isInteger, jsonTypeOf } from './schema-equal.ts'
import { quoteSingle } from './schema-failure.ts'
import { isList, isMap, isNumber, JsonNumber, type SchemaValue } from './schema-json.ts'
import type { NumberBound, SchemaNode } from './schema-node.ts'
import {
  compareDecimals,
  decimalOf,
  isMultipleOf,
  printCount,
  printNumber,
  type Decimal,
} from './schema-number.ts'
import { fail, type Check } from './schema-check.ts'

/** Checks what holds for values of every type; the first thing that is wrong is all there is. */
export function checkGeneral(schema: SchemaNode, value: SchemaValue): string | undefined {
  const type = jsonTypeOf(value)
  if (type === undefined) return sprintf('invalid jsonType %T', value as Value)
  return (
    checkType(schema, value, type) ??
    checkConst(schema, value) ??
    checkEnum(schema, value) ??
    checkFormat(schema, value)
  )
}

export function checkNumber(check: Check, value: SchemaValue): void {
  const { numberBounds } = check.schema
  if (numberBounds === undefined || !isNumber(value)) return
  const number = decimalOf(value)
  for (const bound of numberBounds) {
    if (isWithin(number, bound)) continue
    const { keyword, limit } = bound
    fail(check, `${keyword}: got ${printNumber(number)}, want ${printNumber(limit)}`)
  }
}

export function checkText(check: Check, text: string): void {
  const { lengthBounds, pattern } = check.schema
  if (lengthBounds !== undefined) {
    const length = runes(text).length
    for (const { keyword, limit } of lengthBounds) {
      checkCount(check, { keyword, got: length, want: limit })
    }
  }
  if (pattern !== undefined && !pattern.matches(text)) {
    fail(check, `${quoteSingle(text)} does not match pattern ${quoteSingle(pattern.source)}`)
  }
}

/** Compares a count with the limit of a keyword that begins with `min` or `max`. */
export function checkCount(
  check: Check,
  { keyword, got, want }: { keyword: string; got: number; want: number },
): void {
  if (keyword.startsWith('min') ? got >= want : got <= want) return
  fail(check, `${keyword}: got ${printCount(got)}, want ${printCount(want)}`)
}

function checkType({ types }: SchemaNode, value: SchemaValue, type: string): string | undefined {
  if (types === undefined || types.includes(type)) return undefined
  if (types.includes('integer') && isInteger(value)) return undefined
  return `got ${type}, want ${types.join(' or ')}`
}

function checkConst(schema: SchemaNode, value: SchemaValue): string | undefined {
  if (schema.const === undefined || areEqual(value, schema.const.value)) return undefined
  const wanted = schema.const.value
  return isList(wanted) || isMap(wanted) ? "'const' failed" : `value must be ${show(wanted)}`
}

function checkEnum(schema: SchemaNode, value: SchemaValue): string | undefined {
  const values = schema.enum
  if (values === undefined || values.some((each) => areEqual(value, each))) return undefined
  if (values.some((each) => isList(each) || isMap(each))) return "'enum' failed"
  const shown = values.map(show).join(', ')
  return values.length === 1 ? `value must be ${shown}` : `value must be one of ${shown}`
}

function checkFormat({ format }: SchemaNode, value: SchemaValue): string | undefined {
  if (format === undefined || typeof value !== 'string') return undefined
  const problem = format.check(value)
  if (problem === undefined) return undefined
  return `${quoteSingle(value)} is not valid ${format.name}: ${problem}`
}

function show(value: SchemaValue): string {
  if (typeof value === 'string') return quoteSingle(value)
  return value instanceof JsonNumber ? value.text : sprintf('%v', value as Value)
}

function isWithin(number: Decimal, { keyword, limit }: NumberBound): boolean {
  switch (keyword) {
    case 'minimum':
      return compareDecimals(number, limit) >= 0
    case 'maximum':
      return compareDecimals(number, limit) <= 0
    case 'exclusiveMinimum':
      return compareDecimals(number, limit) > 0
    case 'exclusiveMaximum':
      return compareDecimals(number, limit) < 0
    default:
      return isMultipleOf(number, limit)
  }
}
