import { inParallel, PARALLEL } from '../apply/in-parallel.ts'
import { liveObjects } from '../apply/read-live.ts'
import { desiredObjects } from '../apply/target-objects.ts'
import { PkgError } from '../base/errors.ts'
import { isJsonObject, type JsonObject } from '../base/json.ts'
import { refOf } from '../cluster/cluster.ts'
import { objectKey, type KubeObject } from '../manifest/object.ts'
import { groupOf, valueAt } from '../plan/content.ts'
import type { Release } from '../release/release.ts'
import type { Connections } from './connections.ts'
import { reporting } from './target-errors.ts'

/** Live objects by version and kind, as Helm has them beside a release's status. */
export type LiveResources = Record<string, (KubeObject | PodList)[]>

interface PodList extends JsonObject {
  apiVersion: 'v1'
  kind: 'PodList'
}

/**
 * Reads the objects of a revision that there are, and the pods that its workloads select. What
 * may not be read is left out, and told.
 *
 * Source: Helm 4.1.4 pkg/kube/client.go, Get and getSelectRelationPod.
 *
 * @returns undefined when there are none, and for a folder
 */
export async function liveResources(
  connections: Connections,
  release: Release,
): Promise<LiveResources | undefined> {
  if (!connections.cluster.runsHooks) return undefined
  return reporting('', async () => {
    const wanted = await desiredObjects(connections, release, { withHooks: false })
    const found = await readable(connections, wanted)
    const live = new Map(found.map((object) => [objectKey(object), object]))
    const resources = new Map<string, (KubeObject | PodList)[]>()
    for (const object of wanted) {
      const actual = live.get(objectKey(object))
      if (actual !== undefined) add(resources, keyOf(actual), actual)
    }
    const there = wanted.filter((object) => live.has(objectKey(object)))
    for (const pods of await podsOf(connections, there)) add(resources, 'v1/Pod(related)', pods)
    const sorted = [...resources].sort(([left], [right]) => (left < right ? -1 : 1))
    return sorted.length === 0 ? undefined : Object.fromEntries(sorted)
  })
}

/** All at once where that is allowed, else one by one. */
async function readable(
  connections: Connections,
  wanted: readonly KubeObject[],
): Promise<KubeObject[]> {
  try {
    return await liveObjects(connections, wanted)
  } catch (error) {
    if (!isForbidden(error)) throw error
  }
  const { cluster, signal } = connections
  const each = await inParallel(wanted, PARALLEL, (object) =>
    allowed(connections, () => cluster.get(refOf(object), signal)),
  )
  return each.filter((object) => object !== undefined)
}

async function podsOf(
  connections: Connections,
  objects: readonly KubeObject[],
): Promise<PodList[]> {
  const selections = new Map(
    objects.flatMap((object) => {
      const selection = selectionOf(object)
      return selection === undefined ? [] : [[JSON.stringify(selection), selection]]
    }),
  )
  const lists = await inParallel([...selections.values()], PARALLEL, (selection) =>
    allowed(connections, () => podList(connections, selection)),
  )
  return lists.filter((list) => list !== undefined)
}

interface PodSelection {
  namespace: string
  labelSelector: string
}

async function podList(
  { cluster, signal }: Connections,
  { namespace, labelSelector }: PodSelection,
): Promise<PodList> {
  const pods = { apiVersion: 'v1', kind: 'Pod', namespace }
  const items = await cluster.list(pods, { labelSelector, signal })
  return { apiVersion: 'v1', items, kind: 'PodList', metadata: { resourceVersion: '' } }
}

/** By `group/Kind`: where the labels are that the pods of a workload have. */
const SELECTORS: Readonly<Record<string, readonly string[]>> = {
  '/ReplicationController': ['spec', 'selector'],
  'apps/DaemonSet': ['spec', 'selector', 'matchLabels'],
  'apps/Deployment': ['spec', 'selector', 'matchLabels'],
  'apps/ReplicaSet': ['spec', 'selector', 'matchLabels'],
  'apps/StatefulSet': ['spec', 'selector', 'matchLabels'],
}

function selectionOf(object: KubeObject): PodSelection | undefined {
  const labels = valueAt(object, ...(SELECTORS[`${groupOf(object)}/${object.kind}`] ?? ['']))
  const { namespace } = object.metadata
  if (!isJsonObject(labels) || typeof namespace !== 'string') return undefined
  const pairs = Object.entries(labels).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${key}=${value}`] : [],
  )
  return pairs.length === 0 ? undefined : { namespace, labelSelector: pairs.sort().join(',') }
}

/** Undefined, and a line for the person, when it may not be read. */
async function allowed<T>(
  { onNotice }: Connections,
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (!isForbidden(error)) throw error
    onNotice(`warning: left out: ${error.message}`)
    return undefined
  }
}

function isForbidden(error: unknown): error is PkgError {
  return error instanceof PkgError && error.code === 'FORBIDDEN'
}

/** Without the group, which Helm leaves out. */
function keyOf({ apiVersion, kind }: KubeObject): string {
  return `${apiVersion.slice(apiVersion.indexOf('/') + 1)}/${kind}`
}

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  lists.set(key, [...(lists.get(key) ?? []), item])
}
