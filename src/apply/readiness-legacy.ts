import type { KubeObject } from '../manifest/object.ts'
import { at, conditionOf, numberAt, textAt } from './readiness-fields.ts'
import { RULES } from './readiness-rules.ts'
import { progressing, ready, type Readiness, type Rule } from './readiness-verdict.ts'

/**
 * The rules of `--wait=legacy`: a workload may lack as many replicas as its update strategy
 * allows. Kinds that are not here are ready once they are applied.
 *
 * Source: Helm 4.1.4 pkg/kube/ready.go.
 */
export const LEGACY_RULES: Readonly<Record<string, Rule | undefined>> = {
  '/PersistentVolumeClaim': RULES['/PersistentVolumeClaim'],
  '/Pod': legacyPod,
  '/ReplicationController': RULES['/ReplicationController'],
  '/Service': RULES['/Service'],
  'apiextensions.k8s.io/CustomResourceDefinition':
    RULES['apiextensions.k8s.io/CustomResourceDefinition'],
  'apps/DaemonSet': daemonSet,
  'apps/Deployment': deployment,
  'apps/ReplicaSet': RULES['apps/ReplicaSet'],
  'apps/StatefulSet': statefulSet,
}

function legacyPod(pod: KubeObject): Readiness {
  const isReady = conditionOf(pod, 'Ready')?.status === 'True'
  if (isReady) return ready('is ready')
  return progressing(`is ${textAt(pod, 'status', 'phase') || 'not scheduled'}`)
}

function deployment(object: KubeObject): Readiness {
  const full = RULES['apps/Deployment']?.(object)
  if (full?.state === 'ready' || full?.state === 'failed') return full
  if (isUnseen(object)) return progressing('waits for its controller to see it')
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1
  const strategy = at(object, 'spec', 'strategy')
  const isRolling = textAt(strategy, 'type') !== 'Recreate'
  const spare = isRolling ? shareOf(at(strategy, 'rollingUpdate', 'maxUnavailable'), wanted) : 0
  const updated = numberAt(object, 'status', 'updatedReplicas') ?? 0
  const count = Math.min(updated, numberAt(object, 'status', 'readyReplicas') ?? 0)
  return enough(count, wanted - spare)
}

function daemonSet(object: KubeObject): Readiness {
  if (isUnseen(object)) return progressing('waits for its controller to see it')
  const strategy = at(object, 'spec', 'updateStrategy')
  if (textAt(strategy, 'type') === 'OnDelete') return ready('is updated by hand')
  const wanted = numberAt(object, 'status', 'desiredNumberScheduled') ?? 0
  const updated = numberAt(object, 'status', 'updatedNumberScheduled') ?? 0
  if (updated < wanted) return enough(updated, wanted)
  const limit = at(strategy, 'rollingUpdate', 'maxUnavailable')
  const spare = shareOf(limit, wanted, Math.ceil)
  return enough(numberAt(object, 'status', 'numberReady') ?? 0, wanted - spare)
}

function statefulSet(object: KubeObject): Readiness {
  if (isUnseen(object)) return progressing('waits for its controller to see it')
  return RULES['apps/StatefulSet']?.(object) ?? ready('is applied')
}

function enough(count: number, needed: number): Readiness {
  const text = `${count} ready, ${needed} needed`
  return count >= needed ? ready(text) : progressing(text)
}

/** A number, or a percentage of the whole. */
function shareOf(
  value: unknown,
  whole: number,
  round: (share: number) => number = Math.floor,
): number {
  if (typeof value === 'number') return value
  const percent = typeof value === 'string' ? /^(\d+)%$/.exec(value)?.[1] : undefined
  return percent === undefined ? 0 : round((whole * Number(percent)) / 100)
}

function isUnseen(object: KubeObject): boolean {
  const observed = numberAt(object, 'status', 'observedGeneration')
  return observed === undefined
}
