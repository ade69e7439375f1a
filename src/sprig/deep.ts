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
 */
export function deepEqual(left: Value, right: Value): boolean {
  if (typeof left !== 'object' || typeof right !== 'object') return left === right
  if (left === null || right === null) return left === right
  if (typeName(left) !== typeName(right)) return false
  if (left === right) return true
  return equalObjects(left, right)
}

function equalObjects(left: Value & object, right: Value & object): boolean {
  if (left instanceof GoInt) return right instanceof GoInt && left.value === right.value
  if (left instanceof GoNil) return right instanceof GoNil
  if (left instanceof Map) return right instanceof Map && equalMaps(left, right)
  if (left instanceof GoStruct) {
    return right instanceof GoStruct && equalMaps(left.fields, right.fields)
  }
  if (left instanceof Uint8Array) {
    return right instanceof Uint8Array && Buffer.compare(left, right) === 0
  }
  return (
    Array.isArray(right) &&
    left.length === right.length &&
    left.every((item, at) => deepEqual(item, right[at] ?? null))
  )
}

function equalMaps(left: GoMap, right: GoMap): boolean {
  if (left.size !== right.size) return false
  for (const [key, value] of left) {
    const other = right.get(key)
    if (other === undefined || !deepEqual(value, other)) return false
  }
  return true
}

/**
 * Copies a value with all that it holds; Go types stay.
 *
 * Of a struct only the fields that Go exports are copied: a copied version is 0.0.0.
 *
 * Source: mitchellh/copystructure v1.2.0, `Copy`.
 */
export function deepCopy(value: Value): Value {
  if (Array.isArray(value)) return sameType(value, value.map(deepCopy))
  if (value instanceof Map) return sameType(value, copyMap(value))
  if (value instanceof Uint8Array) return value.slice()
  return value instanceof GoStruct ? copyStruct(value) : value
}

function copyStruct(struct: GoStruct): GoStruct {
  if (struct.type.name === 'time.Time') return struct
  const fields: GoMap = new Map()
  for (const { name } of struct.type.fields ?? []) {
    const value = struct.fields.get(name)
    if (value !== undefined) fields.set(name, deepCopy(value))
  }
  return new GoStruct(struct.type, fields)
}

function copyMap(map: GoMap): GoMap {
  const copy: GoMap = new Map()
  for (const [key, value] of map) copy.set(key, deepCopy(value))
  return copy
}

function sameType<T extends Value[] | GoMap>(from: T, to: T): T {
  const type = typeOfCollection(from)
  return type === undefined ? to : withType(to, type)
}
