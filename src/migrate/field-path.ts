import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'

/** Keys and positions from the root of a document to a field. */
export type FieldPath = readonly (string | number)[]

/** The path as people write it: `spec.containers[0].image`, `data["ca.crt"]`. */
export function fieldText(path: FieldPath): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${text}[${JSON.stringify(key)}]`
    return text === '' ? key : `${text}.${key}`
  }, '')
}

/** What stands at the path; undefined where there is nothing. */
export function valueAt(root: Json | undefined, ...path: FieldPath): Json | undefined {
  let found: Json | undefined = root
  for (const key of path) {
    if (Array.isArray(found)) found = typeof key === 'number' ? found[key] : undefined
    else if (isJsonObject(found) && Object.hasOwn(found, key)) found = found[key]
    else return undefined
  }
  return found
}

/** The object at the path; undefined for anything else. */
export function objectAt(root: Json | undefined, ...path: FieldPath): JsonObject | undefined {
  const found = valueAt(root, ...path)
  return isJsonObject(found) ? found : undefined
}

/** The text at the path; empty for anything else. */
export function textAt(root: Json | undefined, ...path: FieldPath): string {
  const found = valueAt(root, ...path)
  return typeof found === 'string' ? found : ''
}

/** The objects of the list at the path, with their positions; empty for anything else. */
export function itemsAt(
  root: Json | undefined,
  ...path: FieldPath
): { item: JsonObject; at: number }[] {
  const found = valueAt(root, ...path)
  if (!Array.isArray(found)) return []
  return found.flatMap((item, at) => (isJsonObject(item) ? [{ item, at }] : []))
}
