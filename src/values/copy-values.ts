import { typeOfCollection, withType, type GoMap, type Value } from '../golang/value.ts'

/** Copies maps and lists at every depth; all other values never change. */
export function copyMap(source: GoMap): GoMap {
  const copy: GoMap = new Map()
  // Not by iterator, which makes a list and a result for each entry.
  source.forEach((value, key) => copy.set(key, copyValue(value)))
  const type = typeOfCollection(source)
  return type === undefined ? copy : withType(copy, type)
}

function copyValue(value: Value): Value {
  if (value instanceof Map) return copyMap(value)
  if (!Array.isArray(value)) return value
  const copy = value.map(copyValue)
  const type = typeOfCollection(value)
  return type === undefined ? copy : withType(copy, type)
}
