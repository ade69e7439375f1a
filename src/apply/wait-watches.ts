import type { KindRef, Selection } from '../cluster/cluster.ts'
import { MANAGED_BY } from '../manifest/ownership.ts'
import type { KubeObject } from '../manifest/object.ts'
import { at, groupOfObject, objectsAt, textAt } from './readiness-fields.ts'
import type { Role } from './wait-scene.ts'
import { isJsonObject } from '../base/json.ts'

/** One watch of a wait. */
export interface WatchPlan {
  role: Role
  kind: KindRef
  selection: Selection
}

/** Kinds that make pods. */
const MAKERS: ReadonlySet<string> = new Set([
  'apps/DaemonSet',
  'apps/Deployment',
  'apps/ReplicaSet',
  'apps/StatefulSet',
  'batch/Job',
  '/Pod',
  '/ReplicationController',
])

/**
 * The fewest watches that tell of the objects and of what belongs to them: one a kind and
 * namespace for the objects; in namespaces with workloads one for pods and one for replica
 * sets, narrowed to labels that all their pods have; and one for warnings.
 */
export function planWatches(objects: readonly KubeObject[]): WatchPlan[] {
  const namespaces = groupBy(objects, namespaceOf)
  return [
    ...[...groupBy(objects, kindKey).values()].map(objectWatch),
    ...[...namespaces].flatMap(([namespace, members]) => relativeWatches(namespace, members)),
  ]
}

function objectWatch(objects: readonly KubeObject[]): WatchPlan {
  const [first] = objects
  if (first === undefined) throw new Error('a watch of no object')
  const kind = { apiVersion: first.apiVersion, kind: first.kind, namespace: namespaceIn(first) }
  if (objects.length === 1) {
    const fieldSelector = `metadata.name=${first.metadata.name}`
    return { role: 'objects', kind, selection: { fieldSelector } }
  }
  const areOurs = objects.every((object) => labelsOf(object).get(MANAGED_BY.label) === 'Helm')
  const labelSelector = areOurs ? `${MANAGED_BY.label}=${MANAGED_BY.value}` : undefined
  return { role: 'objects', kind, selection: { labelSelector } }
}

function relativeWatches(namespace: string, objects: readonly KubeObject[]): WatchPlan[] {
  const events: WatchPlan = {
    role: 'events',
    kind: { apiVersion: 'v1', kind: 'Event', namespace: namespace === '' ? undefined : namespace },
    selection: { fieldSelector: 'type=Warning' },
  }
  const claims: WatchPlan = {
    ...events,
    // What is said of claims is no warning: that they wait for a volume, or for a pod.
    selection: { fieldSelector: 'involvedObject.kind=PersistentVolumeClaim' },
  }
  const told = objects.some(usesClaims) ? [events, claims] : [events]
  const makers = objects.filter((object) => MAKERS.has(`${groupOfObject(object)}/${object.kind}`))
  if (makers.length === 0) return namespace === '' ? [] : told
  const labelSelector = sharedLabels(makers)
  const pods: WatchPlan = {
    role: 'pods',
    kind: { apiVersion: 'v1', kind: 'Pod', namespace },
    selection: { labelSelector },
  }
  if (!makers.some(({ kind }) => kind === 'Deployment')) return [pods, ...told]
  const replicaSets: WatchPlan = {
    role: 'replicaSets',
    kind: { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace },
    selection: { labelSelector },
  }
  return [pods, replicaSets, ...told]
}

function usesClaims(object: KubeObject): boolean {
  if (object.kind === 'PersistentVolumeClaim') return true
  const pod = object.kind === 'Pod' ? object : at(object, 'spec', 'template')
  return (
    objectsAt(object, 'spec', 'volumeClaimTemplates').length > 0 ||
    objectsAt(pod, 'spec', 'volumes').some(
      (volume) => volume['persistentVolumeClaim'] !== undefined,
    )
  )
}

/** What the pods of all workloads have in common, as a selector; undefined when nothing. */
function sharedLabels(makers: readonly KubeObject[]): string | undefined {
  const [first = new Map<string, string>(), ...rest] = makers.map(podLabels)
  const shared = [...first].filter(([key, value]) => rest.every((each) => each.get(key) === value))
  if (shared.length === 0) return undefined
  return shared.map(([key, value]) => `${key}=${value}`).join(',')
}

function podLabels(maker: KubeObject): Map<string, string> {
  if (maker.kind === 'Pod') return labelsOf(maker)
  const labels = textsOf(at(maker, 'spec', 'template', 'metadata', 'labels'))
  // The controller of Jobs puts this label on their pods.
  if (maker.kind === 'Job') labels.set('job-name', maker.metadata.name)
  return labels
}

function labelsOf(object: KubeObject): Map<string, string> {
  return textsOf(at(object.metadata, 'labels'))
}

function textsOf(value: unknown): Map<string, string> {
  if (!isJsonObject(value)) return new Map()
  const texts = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return new Map(texts)
}

function kindKey(object: KubeObject): string {
  return `${groupOfObject(object)}/${object.kind}/${namespaceOf(object)}`
}

function namespaceOf(object: KubeObject): string {
  return textAt(object, 'metadata', 'namespace')
}

function namespaceIn(object: KubeObject): string | undefined {
  return namespaceOf(object) === '' ? undefined : namespaceOf(object)
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
