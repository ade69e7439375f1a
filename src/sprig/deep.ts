import { ValueBudget } from '../base/value-budget.ts'
import {
  GoInt,
  GoNil,
  GoStruct,
  typeName,
  typeOfCollection,
  type GoMap,
  type Value,
  withType,
} from '../golang/value.ts'

/**
 * Whether two values have the same Go types and the same contents, all the way down.
 *
 * `1` and `1.0` differ, and so do a nil list and an empty one.
 *
 * Source: Go reflect.DeepEqual.
 *
 * @throws PkgError RENDER_BUDGET when the values hold too much
 */
export function deepEqual(left: Value, right: Value): boolean {
  return equal(left, right, new ValueBudget())
}

function equal(left: Value, right: Value, budget: ValueBudget): boolean {
  budget.visit()
  if (typeof left !== 'object' || typeof right !== 'object') return left === right
  if (left === null || right === null) return left === right
  if (typeName(left) !== typeName(right)) return false
  if (left === right) return true
  return equalObjects(left, right, budget)
}

function equalObjects(left: Value & object, right: Value & object, budget: ValueBudget): boolean {
  if (left instanceof GoInt) return right instanceof GoInt && left.value === right.value
  if (left instanceof GoNil) return right instanceof GoNil
  if (left instanceof Map) return right instanceof Map && equalMaps(left, right, budget)
  if (left instanceof GoStruct) {
    return right instanceof GoStruct && equalMaps(left.fields, right.fields, budget)
  }
  if (left instanceof Uint8Array) {
    return right instanceof Uint8Array && Buffer.compare(left, right) === 0
  }
  return (
    Array.isArray(right) &&
    left.length === right.length &&
    left.every((item, at) => equal(item, right[at] ?? null, budget))
  )
}

function equalMaps(left: GoMap, right: GoMap, budget: ValueBudget): boolean {
  if (left.size !== right.size) return false
  for (const [key, value] of left) {
    const other = right.get(key)
    if (other === undefined || !equal(value, other, budget)) return false
  }
  return true
}

/**
 * Copies a value with all that it holds; Go types stay.
 *
 * Of a struct only the fields that Go exports are copied: a copied version is 0.0.0.
 *
 * Source: mitchellh/copystructure v1.2.0, `Copy`.
 *
 * @throws PkgError RENDER_BUDGET when the value holds too much
 */
export function deepCopy(value: Value): Value {
  return copy(value, new ValueBudget())
}

function copy(value: Value, budget: ValueBudget): Value {
  budget.visit()
  if (Array.isArray(value)) {
    return sameType(
      value,
      value.map((item) => copy(item, budget)),
    )
  }
  if (value instanceof Map) return sameType(value, copyMap(value, budget))
  if (value instanceof Uint8Array) return value.slice()
  return value instanceof GoStruct ? copyStruct(value, budget) : value
}

function copyStruct(struct: GoStruct, budget: ValueBudget): GoStruct {
  if (struct.type.name === 'time.Time') return struct
  const fields: GoMap = new Map()
  for (const { name } of struct.type.fields ?? []) {
    const value = struct.fields.get(name)
    if (value !== undefined) fields.set(name, copy(value, budget))
  }
  return new GoStruct(struct.type, fields)
}

function copyMap(map: GoMap, budget: ValueBudget): GoMap {
  const copied: GoMap = new Map()
  for (const [key, value] of map) copied.set(key, copy(value, budget))
  return copied
}

function sameType<T extends Value[] | GoMap>(from: T, to: T): T {
  const type = typeOfCollection(from)
  return type === undefined ? to : withType(to, type)
}
