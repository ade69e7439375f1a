import { GoInt, GoNil } from '../golang/value.ts'
import type { Cell } from './frame.ts'

/**
 * Whether `if` takes the value for true: not nil, not zero, not empty. A struct is true.
 *
 * Source: Go's text/template `IsTrue`.
 */
export function isTrue(value: Cell): boolean {
  switch (typeof value) {
    case 'boolean':
      return value
    case 'string':
      return value !== ''
    case 'number':
      return value !== 0
    default:
      return isTrueObject(value)
  }
}

function isTrueObject(value: Exclude<Cell, string | number | boolean>): boolean {
  if (value === null || value === undefined) return false
  if (value instanceof Map) return value.size > 0
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length > 0
  if (value instanceof GoInt) return value.value !== 0n
  return !(value instanceof GoNil)
}
