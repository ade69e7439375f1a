import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import type { KubeObject } from '../manifest/object.ts'
import { fieldsBeside, type ForeignField } from './foreign-fields.ts'
import { hasKey, keyOf, managedEntries, type ManagedEntry } from './managed-fields.ts'
import { isSameJson } from './json-equal.ts'

/*
 * Applying an object merges it with what others have added: a Service whose port somebody has
 * changed gets both ports, and two of one name are refused. So do a variable with `value` and
 * `valueFrom`, and a probe with two ways to probe. Helm is stuck then. It fits when what was added
 * goes, for which we have to manage it, and nobody else.
 */

/** The fields as a manager of them has them in `fieldsV1`. */
export function claimOf(fields: readonly ForeignField[]): JsonObject {
  const claim: JsonObject = {}
  for (const { segments, node } of fields) {
    let place = claim
    for (const segment of segments.slice(0, -1)) place = childOf(place, segment)
    const last = segments.at(-1)
    if (last !== undefined) place[last] = { ...childOf(place, last), ...structuredClone(node) }
  }
  return claim
}

function childOf(parent: JsonObject, segment: string): JsonObject {
  const known = parent[segment]
  if (isJsonObject(known)) return known
  const child: JsonObject = {}
  parent[segment] = child
  return child
}

/**
 * Makes the JSON patch that gives a live object all that applying another one would, once we manage
 * the fields that others have added: they go, with what we managed and the object drops.
 *
 * @param isOurs whether we manage what an entry has
 */
export function clearingPatch(
  desired: KubeObject,
  live: KubeObject,
  { fields, isOurs }: { fields: readonly ForeignField[]; isOurs: (entry: ManagedEntry) => boolean },
): Json[] {
  const entries = managedEntries(live)
  const dropped = entries
    .filter(isOurs)
    .flatMap((owner) => fieldsBeside(desired, live, owner))
    .filter(({ segments }) => {
      return !entries.some((entry) => !isOurs(entry) && nodeAt(entry.fields, segments))
    })
  const left = structuredClone(live)
  for (const { segments } of [...fields, ...dropped]) remove(left, segments)
  const wanted = merge(
    left,
    desired,
    entries.map((entry) => entry.fields),
  )
  return isJsonObject(wanted) ? patchBetween(live, wanted) : []
}

function nodeAt(fields: JsonObject, segments: readonly string[]): Json | undefined {
  return segments.reduce<Json | undefined>(
    (node, segment) => (isJsonObject(node) ? own(node, segment) : undefined),
    fields,
  )
}

function remove(value: Json | undefined, [segment = '', ...rest]: readonly string[]): void {
  const key = segment.slice(2)
  if (segment.startsWith('f:') && isJsonObject(value)) {
    if (rest.length > 0) remove(own(value, key), rest)
    else delete value[key]
    return
  }
  const name = keyOf(segment)
  if (!segment.startsWith('k:') || name === undefined || !Array.isArray(value)) return
  const at = value.findIndex((item) => hasKey(item, name, { mayLack: false }))
  if (at < 0) return
  if (rest.length > 0) remove(value[at], rest)
  else value.splice(at, 1)
}

/** @param nodes what managers have at the place, which tells how its list or map is merged */
function merge(live: Json | undefined, desired: Json, nodes: readonly JsonObject[]): Json {
  const isAtomic = nodes.some((node) => Object.keys(node).length === 0)
  if (isJsonObject(live) && isJsonObject(desired) && !isAtomic) {
    const merged: JsonObject = { ...live }
    for (const [key, value] of Object.entries(desired)) {
      if (value === null) delete merged[key]
      else merged[key] = merge(own(live, key), value, below(nodes, `f:${key}`))
    }
    return merged
  }
  const segments = [...new Set(nodes.flatMap((node) => Object.keys(node)))]
  const keyed = segments.filter((segment) => segment.startsWith('k:'))
  if (!Array.isArray(live) || !Array.isArray(desired) || keyed.length === 0) return desired
  const merged = [...live]
  for (const item of desired) {
    const segment = keyed.find((each) => hasKey(item, keyOf(each) ?? {}, { mayLack: true }))
    const key = segment === undefined ? undefined : keyOf(segment)
    const at = key === undefined ? -1 : merged.findIndex((each) => hasKey(each, key, EXACT))
    if (segment === undefined || at < 0) merged.push(item)
    else merged[at] = merge(merged[at], item, below(nodes, segment))
  }
  return merged
}

const EXACT = { mayLack: false }

function below(nodes: readonly JsonObject[], segment: string): JsonObject[] {
  return nodes.map((node) => own(node, segment)).filter(isJsonObject)
}

/** Whole parts of the object and of its metadata; what makes it the one it is stays. */
function patchBetween(live: KubeObject, wanted: JsonObject): Json[] {
  const { apiVersion: _version, kind: _kind, status: _status, metadata, ...rest } = wanted
  const { metadata: before, ...others } = live
  const parts = ['labels', 'annotations', 'finalizers', 'ownerReferences']
  const after = isJsonObject(metadata) ? metadata : {}
  return [
    ...Object.keys({ ...others, ...rest })
      .filter((key) => !['apiVersion', 'kind', 'status'].includes(key))
      .flatMap((key) => step(`/${key}`, own(others, key), own(rest, key))),
    ...parts.flatMap((key) => step(`/metadata/${key}`, own(before, key), own(after, key))),
  ]
}

function step(path: string, before: Json | undefined, after: Json | undefined): Json[] {
  if (isSameJson(before, after)) return []
  return after === undefined ? [{ op: 'remove', path }] : [{ op: 'add', path, value: after }]
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}
