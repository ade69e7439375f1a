import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import type { KubeObject } from '../manifest/object.ts'
import { hasKey, keyOf, managedEntries, type ManagedEntry } from './managed-fields.ts'

/** A field that somebody has added to an object that does not name it. */
export interface ForeignField {
  /** `.spec.paused` */
  path: string
  live: Json
  owner: ManagedEntry
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
  const found: ForeignField[] = []
  for (const owner of managedEntries(live)) {
    if (isOurs(owner) || owner.subresource !== '' || SYSTEM.has(owner.manager)) continue
    const { 'f:status': _status, ...fields } = owner.fields
    const tell = (path: string, value: Json): void => {
      found.push({ path, live: value, owner })
    }
    walk({ node: fields, desired, live, path: '' }, tell)
  }
  return found
}

interface Place {
  node: JsonObject
  desired: Json | undefined
  live: Json | undefined
  path: string
}

type Tell = (path: string, value: Json) => void

/** Told at the outermost field that the object does not have at all. */
function walk({ node, desired, live, path }: Place, tell: Tell): void {
  if (live === undefined) return
  if (desired === undefined) return tell(path, live)
  for (const [segment, child] of Object.entries(node)) {
    if (!isJsonObject(child) || segment === '.') continue
    if (segment.startsWith('f:')) {
      const key = segment.slice(2)
      const place = /^[A-Za-z_][A-Za-z0-9_-]*$/.test(key)
        ? `${path}.${key}`
        : `${path}[${JSON.stringify(key)}]`
      walk({ node: child, desired: at(desired, key), live: at(live, key), path: place }, tell)
    } else if (segment.startsWith('k:')) {
      walkItem({ node: child, desired, live, path }, keyOf(segment), tell)
    }
  }
}

function walkItem(
  { node, desired, live, path }: Place,
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
    },
    tell,
  )
}

function at(value: Json, key: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
}
