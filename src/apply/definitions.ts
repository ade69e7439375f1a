import type { KindRef } from '../cluster/cluster.ts'
import { objectKey, type KubeObject } from '../manifest/object.ts'
import { valueAt } from '../plan/content.ts'
import type { Change } from '../plan/plan.ts'
import { inParallel, PARALLEL } from './in-parallel.ts'
import { listKind } from './read-live.ts'
import type { View } from './site.ts'

/** Whether the object is a CustomResourceDefinition. */
export function isDefinition({ apiVersion, kind }: KubeObject): boolean {
  return kind === 'CustomResourceDefinition' && apiVersion.startsWith('apiextensions.k8s.io/')
}

/** The custom resources of a CRD that live at the target. */
export async function customResourcesOf(
  { cluster, signal }: View,
  definition: KubeObject,
): Promise<KubeObject[]> {
  const kind = customKindOf(definition)
  return kind === undefined ? [] : listKind(cluster, kind, { signal })
}

/** The kind that a CRD defines, in all namespaces; undefined when none is served. */
export function customKindOf(definition: KubeObject): KindRef | undefined {
  const group = valueAt(definition, 'spec', 'group')
  const kind = valueAt(definition, 'spec', 'names', 'kind')
  const versions = valueAt(definition, 'spec', 'versions')
  const served = (Array.isArray(versions) ? versions : []).flatMap((version) => {
    if (typeof version !== 'object' || version === null || Array.isArray(version)) return []
    return version['served'] === true && typeof version['name'] === 'string'
      ? [version['name']]
      : []
  })
  const [first] = served
  if (typeof group !== 'string' || typeof kind !== 'string' || first === undefined) return undefined
  return { apiVersion: `${group}/${first}`, kind, namespace: undefined }
}

/** Counts the custom resources that would go with the CRDs that the plan deletes or makes anew. */
export async function countCustomResources(
  view: View,
  changes: readonly Change[],
): Promise<Map<string, number>> {
  const endangered = changes.flatMap(({ op, live }) => {
    return (op === 'delete' || op === 'recreate') && live !== undefined && isDefinition(live)
      ? [live]
      : []
  })
  const leaving = new Set(
    changes.filter(({ op }) => op === 'delete').map(({ object }) => objectKey(object)),
  )
  const counts = await inParallel(endangered, PARALLEL, async (definition) => {
    const resources = await customResourcesOf(view, definition)
    return resources.filter((each) => !leaving.has(objectKey(each))).length
  })
  return new Map(endangered.map(({ metadata }, at) => [metadata.name, counts[at] ?? 0]))
}

/** Leaves CRDs at the target whose custom resources would go with them. */
export function keepUsedDefinitions(
  changes: readonly Change[],
  customResources: ReadonlyMap<string, number>,
): Change[] {
  return changes.map((change) => {
    const count = customResources.get(change.object.metadata.name) ?? 0
    if (change.op !== 'delete' || count === 0 || !isDefinition(change.object)) return change
    const reason = `${count} custom resources live of it, and would go with it`
    return { ...change, op: 'keep', reason }
  })
}
