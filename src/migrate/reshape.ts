import type { Json, JsonObject } from '../base/json.ts'

/** Takes a field out of an object and gives what stood there; undefined when it was not there. */
export function take(object: JsonObject, key: string): Json | undefined {
  if (!Object.hasOwn(object, key)) return undefined
  const value = object[key]
  delete object[key]
  return value
}

/** Puts a field into an object, before the one that is named when that is there. */
export function putBefore(object: JsonObject, next: string, [key, value]: [string, Json]): void {
  const entries = Object.entries(object).filter(([name]) => name !== key)
  const at = entries.findIndex(([name]) => name === next)
  entries.splice(at < 0 ? entries.length : at, 0, [key, value])
  refill(object, entries)
}

/** Gives a field another name, in its place. */
export function rename(object: JsonObject, from: string, to: string): void {
  refill(
    object,
    Object.entries(object).map(([key, value]) => [key === from ? to : key, value]),
  )
}

/** Puts another field into the place of one that goes. */
export function replace(object: JsonObject, from: string, [to, value]: [string, Json]): void {
  if (!Object.hasOwn(object, from)) {
    object[to] = value
    return
  }
  rename(object, from, to)
  object[to] = value
}

/** Takes out fields that are empty: they mean nothing, and schemas of custom resources refuse them. */
export function dropNulls(object: JsonObject): void {
  for (const [key, value] of Object.entries(object)) if (value === null) delete object[key]
}

function refill(object: JsonObject, entries: [string, Json][]): void {
  for (const key of Object.keys(object)) delete object[key]
  for (const [key, value] of entries) object[key] = value
}
