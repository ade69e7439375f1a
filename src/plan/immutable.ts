import { isJsonObject, type Json } from '../base/json.ts'
import type { KubeObject } from '../manifest/object.ts'
import { groupOf } from './content.ts'
import { isSameJson } from './json-equal.ts'

/**
 * Kinds, as `group/Kind`, of which an API server takes every change that is well-formed and
 * fills nothing in: what applying them does can be told without asking.
 */
const DECIDABLE: ReadonlySet<string> = new Set([
  '/ConfigMap',
  '/Secret',
  '/ServiceAccount',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/Role',
])

/** Whether it can be told without asking what applying the object does. */
export function isDecidable(object: KubeObject): boolean {
  return DECIDABLE.has(keyOf(object)) && !isRewritten(object)
}

/** Whether the server gives back in other words what a ConfigMap or Secret holds. */
function isRewritten({ kind, data, binaryData, stringData }: KubeObject): boolean {
  if (kind === 'Secret' && stringData !== undefined) return true
  return (
    valuesOf(data).includes(null) ||
    valuesOf(kind === 'Secret' ? data : binaryData).some(
      (value) =>
        typeof value === 'string' && Buffer.from(value, 'base64').toString('base64') !== value,
    )
  )
}

function valuesOf(map: Json | undefined): Json[] {
  return isJsonObject(map) ? Object.values(map) : []
}

/** Says which field keeps an object from being changed, where that is known without asking. */
export function isFixed(object: KubeObject, live: KubeObject): string | undefined {
  const key = keyOf(object)
  if (key !== '/ConfigMap' && key !== '/Secret') return undefined
  const { type = 'Opaque' } = object
  if (key === '/Secret' && live['type'] !== undefined && live['type'] !== type) {
    return 'type: field is immutable'
  }
  if (live['immutable'] !== true || isRewritten(object)) return undefined
  const changed = ['data', 'binaryData'].find((field) => {
    return !isSameJson(object[field] ?? {}, live[field] ?? {})
  })
  if (changed !== undefined) return `${changed}: field is immutable when \`immutable\` is set`
  return object['immutable'] === true
    ? undefined
    : 'immutable: field is immutable when `immutable` is set'
}

/** Whether an object can be made anew around what it owns: pods and claims stay. */
export function isOrphaned(object: KubeObject): boolean {
  return keyOf(object) === 'apps/StatefulSet'
}

function keyOf(object: KubeObject): string {
  return `${groupOf(object)}/${object.kind}`
}
