import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import type { KubeObject } from '../manifest/object.ts'
import { diffFields, type FieldChange } from './diff.ts'
import { differencesOf } from './field-owners.ts'
import type { Change } from './plan.ts'

/** Metadata that an API server keeps about an object and that nobody wrote. */
const BOOKKEEPING = new Set([
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
])

/** The object without its status and what an API server only keeps about it. */
export function contentOf(object: KubeObject): KubeObject {
  const { status: _status, metadata, ...rest } = object
  const kept = Object.entries(metadata).filter(([key]) => !BOOKKEEPING.has(key))
  return { ...rest, metadata: { ...Object.fromEntries(kept), name: metadata.name } }
}

/** The fields that an update changes, as far as is known before it is made. */
export function changedFields({ object, live, after }: Change): FieldChange[] {
  if (live === undefined) return []
  if (after !== undefined) return diffFields(contentOf(live), contentOf(after))
  return differencesOf(object, live).map(({ path, desired, live: before }) => ({
    path: path.replace(/^\./, ''),
    before,
    after: desired,
  }))
}

/** The value at a path of keys; undefined where there is none. */
export function valueAt(object: JsonObject, ...path: readonly string[]): Json | undefined {
  let value: Json | undefined = object
  for (const key of path) {
    value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
  }
  return value
}

/** The group of the object's apiVersion; empty for Kubernetes' core. */
export function groupOf({ apiVersion }: KubeObject): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}

/** Whether a kind is none of Kubernetes' own, by its group. */
export function isCustomKind(object: KubeObject): boolean {
  const group = groupOf(object)
  return group.includes('.') && !group.endsWith('.k8s.io')
}
