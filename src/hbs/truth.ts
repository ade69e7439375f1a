import { GoInt, GoNil, type Value } from '../golang/value.ts'

/** Whether a value counts as true: everything but false, null, zero and what is empty. */
export function isTrue(value: Value): boolean {
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

function isTrueObject(value: Exclude<Value, string | number | boolean>): boolean {
  if (value === null || value instanceof GoNil) return false
  if (value instanceof Map) return value.size > 0
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length > 0
  return value instanceof GoInt ? value.value !== 0n : true
}
