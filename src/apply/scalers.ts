import { PkgError } from '../base/errors.ts'
import type { KindRef } from '../cluster/cluster.ts'
import { objectKey, type KubeObject } from '../manifest/object.ts'
import { isScalable } from '../plan/yield.ts'
import type { Plan } from '../plan/plan.ts'
import { inParallel, PARALLEL } from './in-parallel.ts'
import { listKind } from './read-live.ts'
import type { View } from './site.ts'

const SCALERS = [
  { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
  { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject' },
]

/**
 * Autoscalers that may set the number of replicas of what the plan updates: those that the
 * plan brings, and those at the target that it does not take away.
 */
export async function scalersFor(view: View, { changes }: Plan): Promise<KubeObject[]> {
  const scalable = changes.filter(({ op, object }) => op === 'update' && isScalable(object))
  const namespaces = new Set(scalable.map(({ object }) => object.metadata['namespace']))
  const kinds = [...namespaces].flatMap((namespace) =>
    typeof namespace === 'string' ? SCALERS.map((kind) => ({ ...kind, namespace })) : [],
  )
  const isScaler = ({ kind }: KubeObject): boolean => SCALERS.some((each) => each.kind === kind)
  const listed = await inParallel(kinds, PARALLEL, (kind) => readScalers(view, kind))
  const leaving = changes.filter(({ op }) => op === 'delete').map(({ object }) => objectKey(object))
  const coming = changes.filter(({ op }) => op !== 'delete').map(({ object }) => object)
  return [
    ...listed.flat().filter((each) => !leaving.includes(objectKey(each))),
    ...coming.filter(isScaler),
  ]
}

/** Who may not look for autoscalers is told of conflicts instead. */
async function readScalers({ cluster, signal }: View, kind: KindRef): Promise<KubeObject[]> {
  try {
    return await listKind(cluster, kind, { signal })
  } catch (error) {
    if (error instanceof PkgError && error.code === 'FORBIDDEN') return []
    throw error
  }
}
