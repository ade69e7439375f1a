/* Source: Go's text/template/funcs.go, `eq` to `ge`. */
import { sprint, sprintf } from '../golang/format.ts'
import { compareText } from '../golang/order.ts'
import { GoError, GoInt, GoNil, GoStruct, kindOf, typeName, type Value } from '../golang/value.ts'
import { isComplex } from './complex.ts'
import type { Cell } from './frame.ts'

type Basic = 'bool' | 'string' | 'float' | 'int' | 'uint' | 'complex'

/** Whether the first value equals one of the others; integers compare whatever their sizes. */
export function eq(first: Cell, ...others: Cell[]): boolean {
  if (others.length === 0) throw new GoError('missing argument for comparison')
  return others.some((other) => isEqual(first ?? null, other ?? null))
}

export function ne(a: Cell, b: Cell): boolean {
  return !isEqual(a ?? null, b ?? null)
}

/** @throws GoError when the values have no order, or none between them */
export function lt(a: Cell, b: Cell): boolean {
  const kindA = orderedKind(a ?? null)
  const kindB = orderedKind(b ?? null)
  if (a instanceof GoInt && b instanceof GoInt) return a.value < b.value
  if (kindA !== kindB) throw incompatible(a ?? null, b ?? null)
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b) < 0
  if (typeof a === 'number' && typeof b === 'number') return a < b
  throw new GoError(BAD_COMPARISON)
}

export function le(a: Cell, b: Cell): boolean {
  return lt(a, b) || isEqual(a ?? null, b ?? null)
}

export function gt(a: Cell, b: Cell): boolean {
  return !le(a, b)
}

export function ge(a: Cell, b: Cell): boolean {
  return !lt(a, b)
}

const BAD_COMPARISON = 'invalid type for comparison'

function isEqual(a: Value, b: Value): boolean {
  if (a instanceof GoInt && b instanceof GoInt) return a.value === b.value
  const kindA = basicKind(a)
  const kindB = basicKind(b)
  if (kindA === undefined && kindB === undefined) return isEqualComposite(a, b)
  if (kindA === kindB) return kindA === 'complex' ? sprint(a) === sprint(b) : a === b
  if (a === null || b === null) return false
  throw incompatible(a, b)
}

function isEqualComposite(a: Value, b: Value): boolean {
  if (a !== null && b !== null && kindOf(a) !== kindOf(b)) {
    throw new GoError(
      sprintf('non-comparable types %s: %v, %s: %v', a, typeName(a), typeName(b), b),
    )
  }
  if (isNil(a) || isNil(b)) return isNil(a) === isNil(b)
  if (b instanceof GoStruct && a instanceof GoStruct) return isSameStruct(a, b)
  throw new GoError(sprintf('non-comparable type %s: %v', b, typeName(b)))
}

function isNil(value: Value): boolean {
  return value === null || value instanceof GoNil
}

/** Pointers are equal when they point to the same struct; structs when their fields are equal. */
function isSameStruct(a: GoStruct, b: GoStruct): boolean {
  if (a === b) return true
  if (a.type !== b.type || a.type.kind === 'ptr') return false
  return [...a.fields].every(([name, value]) => isEqual(value, b.fields.get(name) ?? null))
}

function orderedKind(value: Value): Basic {
  const kind = basicKind(value)
  if (kind === undefined) throw new GoError(BAD_COMPARISON)
  return kind
}

function basicKind(value: Value): Basic | undefined {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'boolean':
      return 'bool'
    case 'number':
      return 'float'
    default:
      if (!(value instanceof GoInt)) return isComplex(value) ? 'complex' : undefined
      return value.kind.startsWith('u') ? 'uint' : 'int'
  }
}

function incompatible(a: Value, b: Value): GoError {
  const types = `${typeName(a)} and ${typeName(b)}`
  return new GoError(`incompatible types for comparison: ${types}`)
}
