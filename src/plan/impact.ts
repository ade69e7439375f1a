import type { KubeObject } from '../manifest/object.ts'
import { changedFields, groupOf, isCustomKind, valueAt } from './content.ts'
import type { FieldChange } from './diff.ts'
import { CLUSTER_WIDE, lossOf, SERVING, WORKLOADS } from './impact-kinds.ts'
import type { Change, Plan } from './plan.ts'

/** What changes do to what runs, from the least to the most. */
export const IMPACTS = [
  'none',
  'metadata',
  'config-reload',
  'rolling-restart',
  'scale',
  'recreate',
  'downtime',
  'data-loss',
  'cluster-wide',
] as const

export type Impact = (typeof IMPACTS)[number]

/** What a change does, and by which rule. */
export interface Verdict {
  impact: Impact
  reason: string
}

/** What is known beside the change itself. */
export interface ImpactFacts {
  /** How many custom resources live of a CRD, by its name. */
  customResources?: ReadonlyMap<string, number>
}

/**
 * Says what a change does to what runs. The rules look at kinds and fields alone, so the same
 * change is always of the same class.
 */
export function impactOf(change: Change, facts: ImpactFacts = {}): Verdict {
  switch (change.op) {
    case 'unchanged':
      return { impact: 'none', reason: 'nothing is written' }
    case 'keep':
      return { impact: 'none', reason: change.reason ?? 'nothing is written' }
    case 'create':
      return ofCreation(change.object)
    case 'update':
      return ofUpdate(change)
    case 'recreate':
      return change.isLeaving === true
        ? { impact: 'none', reason: change.reason ?? '' }
        : ofRecreation(change, facts)
    case 'delete':
    default:
      return ofDeletion(change.object, facts)
  }
}

/** The most that any change of a plan does. */
export function impactOfPlan({ changes }: Plan, facts: ImpactFacts = {}): Impact {
  return changes
    .map((change) => impactOf(change, facts).impact)
    .reduce<Impact>((most, each) => (isAbove(each, most) ? each : most), 'none')
}

/** Whether an impact is greater than the one that is allowed. */
export function isAbove(impact: Impact, allowed: Impact): boolean {
  return IMPACTS.indexOf(impact) > IMPACTS.indexOf(allowed)
}

function ofCreation(object: KubeObject): Verdict {
  if (isClusterWide(object) && object.kind !== 'CustomResourceDefinition') {
    return { impact: 'cluster-wide', reason: `a ${object.kind} counts for every namespace` }
  }
  return { impact: 'none', reason: 'nothing uses it yet' }
}

function ofUpdate(change: Change): Verdict {
  const { object } = change
  const fields = changedFields(change)
  const deeper = fields.filter(({ path }) => !path.startsWith('metadata.'))
  if (deeper.length === 0) return { impact: 'metadata', reason: 'labels and annotations only' }
  if (isClusterWide(object)) {
    return { impact: 'cluster-wide', reason: `a ${object.kind} counts for every namespace` }
  }
  if (WORKLOADS.has(keyOfKind(object))) return ofWorkload(change, deeper)
  switch (keyOfKind(object)) {
    case '/Service':
      return ofService(deeper)
    case '/Pod':
      return { impact: 'downtime', reason: 'its containers start again' }
    case 'autoscaling/HorizontalPodAutoscaler':
      return { impact: 'scale', reason: 'it may scale what it targets' }
    default:
      return ofConfiguration(object, deeper)
  }
}

function ofWorkload({ object, live }: Change, fields: readonly FieldChange[]): Verdict {
  if (touches(fields, 'spec.replicas')) {
    const wanted = fields.find(({ path }) => path === 'spec.replicas')?.after
    if (wanted === 0) return { impact: 'downtime', reason: 'spec.replicas becomes 0' }
  }
  if (touches(fields, 'spec.template')) return ofRestart(object, live ?? object)
  if (touches(fields, 'spec.replicas')) return { impact: 'scale', reason: 'spec.replicas changes' }
  return { impact: 'config-reload', reason: 'pods stay as they are' }
}

function ofRestart(object: KubeObject, live: KubeObject): Verdict {
  const strategy = valueAt(object, 'spec', 'strategy', 'type')
  if (object.kind === 'Deployment' && strategy === 'Recreate') {
    return { impact: 'downtime', reason: 'all pods stop before new ones start (Recreate)' }
  }
  if (valueAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete') {
    return { impact: 'config-reload', reason: 'pods change when they are deleted (OnDelete)' }
  }
  const replicas = valueAt(live, 'spec', 'replicas') ?? valueAt(object, 'spec', 'replicas') ?? 1
  const surge = valueAt(object, 'spec', 'strategy', 'rollingUpdate', 'maxSurge')
  const isAlone = replicas === 1 && (object.kind === 'StatefulSet' || surge === 0 || surge === '0%')
  if (isAlone)
    return { impact: 'downtime', reason: 'the only pod stops before the next one starts' }
  return { impact: 'rolling-restart', reason: 'spec.template changes' }
}

function ofService(fields: readonly FieldChange[]): Verdict {
  if (touches(fields, 'spec.selector')) {
    return { impact: 'downtime', reason: 'traffic goes to other pods' }
  }
  const isCut = fields.some(({ path, before, after }) => {
    return path.startsWith('spec.ports') && before !== undefined && after !== before
  })
  if (isCut) return { impact: 'downtime', reason: 'a port changes or goes' }
  if (touches(fields, 'spec.type')) return { impact: 'downtime', reason: 'spec.type changes' }
  return { impact: 'config-reload', reason: 'pods stay as they are' }
}

function ofConfiguration(object: KubeObject, fields: readonly FieldChange[]): Verdict {
  if (isRoute(object)) {
    const isCut = fields.some(({ path, before, after }) => {
      return path.startsWith('spec.') && before !== undefined && after === undefined
    })
    if (isCut) return { impact: 'downtime', reason: 'a host or a path goes' }
  }
  return { impact: 'config-reload', reason: 'what reads it may take it up' }
}

function ofRecreation(
  { object, live, isOrphaning, reason = '' }: Change,
  facts: ImpactFacts,
): Verdict {
  if (isOrphaning === true) {
    return { impact: 'recreate', reason: `${reason}; its pods and claims stay` }
  }
  const loss = lossOf(live ?? object, facts)
  if (loss !== undefined) return { impact: 'data-loss', reason: loss }
  if (isClusterWide(object)) {
    return { impact: 'cluster-wide', reason: `a ${object.kind} counts for every namespace` }
  }
  if (isServing(object)) return { impact: 'downtime', reason: `${reason}; it is gone for a while` }
  return { impact: 'recreate', reason }
}

function ofDeletion(object: KubeObject, facts: ImpactFacts): Verdict {
  const loss = lossOf(object, facts)
  if (loss !== undefined) return { impact: 'data-loss', reason: loss }
  if (isClusterWide(object)) {
    return { impact: 'cluster-wide', reason: `a ${object.kind} counts for every namespace` }
  }
  if (isServing(object)) return { impact: 'downtime', reason: 'what it serves stops' }
  if (object.kind === 'HorizontalPodAutoscaler') {
    return { impact: 'scale', reason: 'what it targets is no longer scaled' }
  }
  if (object.kind === 'Job') return { impact: 'none', reason: 'a Job that has run serves nothing' }
  return { impact: 'config-reload', reason: 'what reads it may miss it' }
}

/** Whether something stops when the object goes; of custom resources nobody can tell. */
function isServing(object: KubeObject): boolean {
  const key = keyOfKind(object)
  return WORKLOADS.has(key) || SERVING.has(key) || isRoute(object) || isCustomKind(object)
}

function isRoute({ kind }: KubeObject): boolean {
  return kind === 'Ingress' || kind.endsWith('Route')
}

function isClusterWide(object: KubeObject): boolean {
  return CLUSTER_WIDE.has(keyOfKind(object))
}

function keyOfKind(object: KubeObject): string {
  return `${groupOf(object)}/${object.kind}`
}

function touches(fields: readonly FieldChange[], start: string): boolean {
  return fields.some(
    ({ path }) => path === start || path.startsWith(`${start}.`) || start.startsWith(`${path}.`),
  )
}
