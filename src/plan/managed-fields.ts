import { isJsonObject, parseJson, type Json, type JsonObject } from '../base/json.ts'
import type { KubeObject } from '../manifest/object.ts'

/*
 * An API server notes down in `metadata.managedFields` who manages which field. The fields
 * of an entry are a tree: `f:spec` is a field, `k:{"name":"web"}` the item of a list with
 * that key, `v:"x"` an item of a set, and `.` the place itself. An empty tree is a leaf: a
 * scalar, or a map or list that is only ever changed as a whole.
 */

/** Who manages a set of fields of an object. */
export interface ManagedEntry {
  manager: string
  operation: 'Apply' | 'Update'
  /** For example `scale` or `status`; empty for the object itself. */
  subresource: string
  apiVersion: string
  /** RFC 3339; empty when the server does not say. */
  time: string
  fields: JsonObject
}

/** Lists who manages what of a live object. */
export function managedEntries(live: KubeObject): ManagedEntry[] {
  const entries = live.metadata['managedFields']
  if (!Array.isArray(entries)) return []
  return entries.filter(isJsonObject).map((entry) => ({
    manager: text(entry['manager']),
    operation: entry['operation'] === 'Apply' ? 'Apply' : 'Update',
    subresource: text(entry['subresource']),
    apiVersion: text(entry['apiVersion']),
    time: text(entry['time']),
    fields: isJsonObject(entry['fieldsV1']) ? entry['fieldsV1'] : {},
  }))
}

/**
 * Whether applying the object again would change nothing, as far as can be told without
 * asking: the manager's own entry has exactly the object's fields, and the live values are
 * the wanted ones. False also when it cannot be told.
 */
export function isSettled(desired: KubeObject, live: KubeObject, manager: string): boolean {
  const own = managedEntries(live).filter((entry) => isOwn(entry, manager))
  const [entry] = own
  if (entry === undefined || own.length > 1 || entry.apiVersion !== desired.apiVersion) return false
  return isExactly(entry.fields, withoutIdentity(desired), live)
}

/** Whether an entry is what the manager has applied. */
export function isOwn(entry: ManagedEntry, manager: string): boolean {
  return entry.manager === manager && entry.operation === 'Apply' && entry.subresource === ''
}

/** What managed fields never name: it makes the object what it is. */
function withoutIdentity({
  apiVersion: _version,
  kind: _kind,
  metadata,
  ...rest
}: KubeObject): JsonObject {
  const { name: _name, namespace: _namespace, ...meta } = metadata
  const isEmpty = Object.values(meta).every((value) => value === null)
  return isEmpty ? rest : { ...rest, metadata: meta }
}

function isExactly(node: JsonObject, desired: Json | undefined, live: Json | undefined): boolean {
  const keys = Object.keys(node).filter((key) => key !== '.')
  const [first] = keys
  if ((live === undefined || live === null) && isZero(desired)) return true
  if (first === undefined) return isEqual(desired, live)
  if (first.startsWith('f:')) return areFields(node, desired, live)
  if (first.startsWith('k:')) return areItems(keys, node, { desired, live })
  return first.startsWith('v:') && isSet(keys, desired, live)
}

function areFields(node: JsonObject, desired: Json | undefined, live: Json | undefined): boolean {
  if (!isJsonObject(desired) || !isJsonObject(live)) return false
  const entries = Object.entries(desired)
  const wanted = entries.filter(([, value]) => value !== null)
  const owned = Object.keys(node).filter((key) => {
    return key !== '.' && own(desired, key.slice(2)) !== null
  })
  if (owned.length !== wanted.length) return false
  if (entries.some(([key, value]) => value === null && !isZero(own(live, key)))) return false
  return wanted.every(([key, value]) => {
    const child = own(node, `f:${key}`)
    return isJsonObject(child) && isExactly(child, value, own(live, key))
  })
}

function areItems(
  keys: readonly string[],
  node: JsonObject,
  { desired, live }: { desired: Json | undefined; live: Json | undefined },
): boolean {
  if (!Array.isArray(desired) || !Array.isArray(live) || keys.length !== desired.length)
    return false
  return keys.every((key) => {
    const child = node[key]
    const name = keyOf(key)
    if (!isJsonObject(child) || name === undefined) return false
    const wanted = desired.filter((item) => hasKey(item, name, { mayLack: true }))
    const found = live.filter((item) => hasKey(item, name, { mayLack: false }))
    if (wanted.length !== 1 || found.length !== 1) return false
    return isItem(child, wanted[0], { live: found[0], key: name })
  })
}

/** A field of the item's key that the object leaves out has been filled in by the server. */
function isItem(
  node: JsonObject,
  desired: Json | undefined,
  { live, key }: { live: Json | undefined; key: JsonObject },
): boolean {
  const isWhole = Object.keys(node).every((each) => each === '.')
  if (isWhole) return isEqual(desired, live)
  if (!isJsonObject(desired)) return false
  const named = Object.keys(key).filter((each) => own(node, `f:${each}`) !== undefined)
  const filled = Object.fromEntries(named.map((each) => [each, key[each] ?? null]))
  return isExactly(node, { ...filled, ...desired }, live)
}

function isSet(
  keys: readonly string[],
  desired: Json | undefined,
  live: Json | undefined,
): boolean {
  if (!Array.isArray(desired) || !Array.isArray(live) || keys.length !== desired.length)
    return false
  return keys.every((key) => {
    const value = parseJson(key.slice(2))
    return desired.some((item) => item === value) && live.some((item) => item === value)
  })
}

/** The key of a list's item: `k:{"name":"web"}` gives `{name: 'web'}`. */
export function keyOf(segment: string): JsonObject | undefined {
  const key = parseJson(segment.slice(2))
  return isJsonObject(key) ? key : undefined
}

/** What an item's key is where the item leaves it out; other keys have no default. */
const KEY_DEFAULTS: Readonly<Record<string, Json>> = { protocol: 'TCP' }

/** Whether a list's item has the key. */
export function hasKey(
  item: Json | undefined,
  key: JsonObject,
  { mayLack }: { mayLack: boolean },
): boolean {
  if (!isJsonObject(item)) return false
  return Object.entries(key).every(([name, value]) => {
    const actual = own(item, name)
    return actual === undefined
      ? mayLack && value === (KEY_DEFAULTS[name] ?? value)
      : actual === value
  })
}

function isEqual(desired: Json | undefined, live: Json | undefined): boolean {
  if (desired === live) return true
  if (live === undefined) return isZero(desired)
  if (Array.isArray(desired) && Array.isArray(live)) {
    return desired.length === live.length && desired.every((item, at) => isEqual(item, live[at]))
  }
  if (!isJsonObject(desired) || !isJsonObject(live)) return false
  return [...new Set([...Object.keys(desired), ...Object.keys(live)])].every((key) =>
    isEqual(own(desired, key), own(live, key)),
  )
}

/** What the server does not store, because it says no more than its absence does. */
function isZero(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) {
    return true
  }
  return typeof value === 'object' && Object.keys(value).length === 0
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
