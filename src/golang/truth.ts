import { GoInt, GoNil, type Value } from './value.ts'

/**
 * Whether a condition takes the value for true: not nil, not zero, not empty. A struct is true.
 *
 * Source: Go's text/template `IsTrue`.
 */
export function isTrue(value: Value | undefined): boolean {
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

function isTrueObject(value: Exclude<Value | undefined, string | number | boolean>): boolean {
  if (value === null || value === undefined || value instanceof GoNil) return false
  if (value instanceof Map) return value.size > 0
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length > 0
  return value instanceof GoInt ? value.value !== 0n : true
}
