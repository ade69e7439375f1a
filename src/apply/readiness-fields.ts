import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import type { KubeObject } from '../manifest/object.ts'

/** One of an object's `status.conditions`. */
export interface Condition {
  type: string
  /** `True`, `False` or `Unknown`. */
  status: string
  reason: string
  message: string
}

/** What lies at a path of keys: `at(object, 'status', 'phase')`. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let found: Json | undefined = value
  for (const key of path) {
    if (!isJsonObject(found) || !Object.hasOwn(found, key)) return undefined
    found = found[key]
  }
  return found
}

/** The text at a path; empty when there is none. */
export function textAt(value: Json | undefined, ...path: readonly string[]): string {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : ''
}

/** The number at a path; some controllers write numbers as texts. */
export function numberAt(value: Json | undefined, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path)
  if (typeof found === 'number') return found
  return typeof found === 'string' && /^\d+$/.test(found) ? Number(found) : undefined
}

/** The objects of the list at a path. */
export function objectsAt(value: Json | undefined, ...path: readonly string[]): JsonObject[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found.filter(isJsonObject) : []
}

/** The object's conditions, whatever else its status holds. */
export function conditionsOf(object: KubeObject): Condition[] {
  return objectsAt(object, 'status', 'conditions').map((condition) => ({
    type: textAt(condition, 'type'),
    status: textAt(condition, 'status'),
    reason: textAt(condition, 'reason'),
    message: textAt(condition, 'message'),
  }))
}

/** The condition of a type; undefined when nobody has set it. */
export function conditionOf(object: KubeObject, type: string): Condition | undefined {
  return conditionsOf(object).find((condition) => condition.type === type)
}

/** Reason and message of a condition as one text: `BackoffLimitExceeded: Job has …`. */
export function describeCondition({ type, status, reason, message }: Condition): string {
  const said = [reason, message].filter((text) => text !== '').join(': ')
  return said === '' ? `${type} is ${status}` : said
}

/** An annotation's text; undefined when the object has none of that name. */
export function annotationOf(object: KubeObject, name: string): string | undefined {
  const found = at(object.metadata, 'annotations', name)
  return typeof found === 'string' ? found : undefined
}

/** The object's group without its version: `apps`, empty for the core group. */
export function groupOfObject({ apiVersion }: KubeObject): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}
