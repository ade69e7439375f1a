import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import type { KubeObject } from '../manifest/object.ts'
import { hasKey, keyOf, managedEntries, type ManagedEntry } from './managed-fields.ts'

/** A field that somebody has added to an object that does not name it. */
export interface ForeignField {
  /** `.spec.paused` */
  path: string
  live: Json
  owner: ManagedEntry
  /** The place in the owner's fields, and what lies there: `f:spec`, `f:paused`. */
  segments: readonly string[]
  node: JsonObject
}

/** Parts of Kubernetes that fill in fields as they run; what they add is nobody's edit. */
const SYSTEM: ReadonlySet<string> = new Set([
  'cloud-controller-manager',
  'clusterrole-aggregation-controller',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
])

/** Lists the fields that others manage and the object does not name, its status left out. */
export function foreignFields(
  desired: KubeObject,
  live: KubeObject,
  isOurs: (entry: ManagedEntry) => boolean,
): ForeignField[] {
  return managedEntries(live)
    .filter((owner) => !isOurs(owner) && owner.subresource === '' && !SYSTEM.has(owner.manager))
    .flatMap((owner) => fieldsBeside(desired, live, owner))
}

/** Lists the fields that an owner manages and the object does not name, its status left out. */
export function fieldsBeside(
  desired: KubeObject,
  live: KubeObject,
  owner: ManagedEntry,
): ForeignField[] {
  const found: ForeignField[] = []
  const { 'f:status': _status, ...fields } = owner.fields
  walk({ node: fields, desired, live, path: '', segments: [] }, (place, value) => {
    const { path, segments, node } = place
    found.push({ path, live: value, owner, segments, node })
  })
  return found
}

interface Place {
  node: JsonObject
  desired: Json | undefined
  live: Json | undefined
  path: string
  segments: readonly string[]
}

type Tell = (place: Place, value: Json) => void

/** Told at the outermost field that the object does not have at all. */
function walk(whole: Place, tell: Tell): void {
  const { node, desired, live, path, segments } = whole
  if (live === undefined) return
  if (desired === undefined) return tell(whole, live)
  for (const [segment, child] of Object.entries(node)) {
    if (!isJsonObject(child) || segment === '.') continue
    if (segment.startsWith('f:')) {
      const key = segment.slice(2)
      const place = /^[A-Za-z_][A-Za-z0-9_-]*$/.test(key)
        ? `${path}.${key}`
        : `${path}[${JSON.stringify(key)}]`
      const below = { path: place, segments: [...segments, segment] }
      walk({ node: child, desired: at(desired, key), live: at(live, key), ...below }, tell)
    } else if (segment.startsWith('k:')) {
      const below = { path, segments: [...segments, segment] }
      walkItem({ node: child, desired, live, ...below }, keyOf(segment), tell)
    }
  }
}

function walkItem(
  { node, desired, live, path, segments }: Place,
  key: JsonObject | undefined,
  tell: Tell,
): void {
  if (key === undefined || !Array.isArray(live)) return
  const wanted = Array.isArray(desired) ? desired : []
  const label = Object.entries(key).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  walk(
    {
      node,
      desired: wanted.find((item) => hasKey(item, key, { mayLack: true })),
      live: live.find((item) => hasKey(item, key, { mayLack: false })),
      path: `${path}[${label.join(',')}]`,
      segments,
    },
    tell,
  )
}

function at(value: Json, key: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
}
