import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import type { KubeObject } from '../manifest/object.ts'
import { hasKey, keyOf, managedEntries, type ManagedEntry } from './managed-fields.ts'
import { isSameJson } from './json-equal.ts'

/** A field that an object wants and that is another at the target. */
export interface FieldDifference {
  /** As Kubernetes writes paths: `.spec.template.spec.containers[name="web"].image`. */
  path: string
  /** Undefined when the object does not say. */
  desired: Json | undefined
  /** Undefined when it is not there. */
  live: Json | undefined
  /** Who manages the field; nobody manages what the server has filled in. */
  owners: ManagedEntry[]
}

/**
 * Compares the fields that an object names with the live ones, and says who manages those
 * that differ. Lists are taken apart by the keys that the managed fields show.
 */
export function differencesOf(desired: KubeObject, live: KubeObject): FieldDifference[] {
  const differences: FieldDifference[] = []
  const owners = managedEntries(live).map((entry) => ({ entry, node: entry.fields }))
  const compare = comparison(differences)
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = desired
  compare(rest, live, { path: '', owners })
  for (const key of ['labels', 'annotations', 'finalizers', 'ownerReferences']) {
    const wanted = own(metadata, key)
    const place = step(step({ path: '', owners }, 'metadata'), key)
    if (wanted !== undefined) compare(wanted, own(live.metadata, key), place)
  }
  return differences
}

/** One manager's fields at a place. */
interface Owning {
  entry: ManagedEntry
  node: JsonObject
}

interface Place {
  path: string
  /** Those who manage the place or something below it. */
  owners: Owning[]
}

type Compare = (desired: Json | undefined, live: Json | undefined, place: Place) => void

function comparison(differences: FieldDifference[]): Compare {
  const compare: Compare = (desired, live, place) => {
    if (isSameJson(desired, live) || isNothing(desired, live)) return
    if (isJsonObject(desired) && isJsonObject(live) && !isAtomic(place)) {
      for (const [key, value] of Object.entries(desired)) {
        compare(value, own(live, key), step(place, key))
      }
      return
    }
    if (Array.isArray(desired) && Array.isArray(live)) {
      const keys = itemKeys(place)
      if (keys.length > 0) return compareItems({ desired, live }, place, { keys, compare })
    }
    differences.push({
      path: place.path,
      desired,
      live,
      owners: place.owners.map(({ entry }) => entry),
    })
  }
  return compare
}

function compareItems(
  { desired, live }: { desired: Json[]; live: Json[] },
  place: Place,
  { keys, compare }: { keys: readonly string[]; compare: Compare },
): void {
  const names = keys.map(keyOf).filter((name) => name !== undefined)
  for (const [at, item] of desired.entries()) {
    const key = names.find((name) => hasKey(item, name, { mayLack: true }))
    const found = key && live.find((other) => hasKey(other, key, { mayLack: false }))
    if (key === undefined) compare(item, undefined, { path: `${place.path}[${at}]`, owners: [] })
    else compare(item, found, itemOf(place, key))
  }
}

/** The place of a field below another. */
function step({ path, owners }: Place, key: string): Place {
  const isPlain = /^[A-Za-z_][A-Za-z0-9_-]*$/.test(key)
  return {
    path: isPlain ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`,
    owners: owners.flatMap(({ entry, node }) => {
      const child = own(node, `f:${key}`)
      return isJsonObject(child) ? [{ entry, node: child }] : []
    }),
  }
}

function itemOf({ path, owners }: Place, key: JsonObject): Place {
  const label = Object.entries(key).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  return {
    path: `${path}[${label.join(',')}]`,
    owners: owners.flatMap(({ entry, node }) => {
      const segment = Object.keys(node).find((each) => {
        return each.startsWith('k:') && isSameJson(keyOf(each), key)
      })
      const child = segment === undefined ? undefined : own(node, segment)
      return isJsonObject(child) ? [{ entry, node: child }] : []
    }),
  }
}

/** The keys of a list's items that anybody manages; empty for a list that is one value. */
function itemKeys({ owners }: Place): string[] {
  const keys = owners.flatMap(({ node }) => Object.keys(node))
  return [...new Set(keys.filter((key) => key.startsWith('k:')))]
}

/** Whether a map is only ever changed as a whole. */
function isAtomic({ owners }: Place): boolean {
  return owners.some(({ node }) => Object.keys(node).length === 0)
}

function isNothing(desired: Json | undefined, live: Json | undefined): boolean {
  const isAbsent = live === undefined || live === null
  return isAbsent && (desired === null || isEmpty(desired))
}

function isEmpty(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}
