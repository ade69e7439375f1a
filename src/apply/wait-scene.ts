import { objectKey, type KubeObject } from '../manifest/object.ts'
import { claimsOf, type Scene } from './diagnose.ts'
import { annotationOf, at, numberAt, objectsAt, textAt } from './readiness-fields.ts'

/** What watches have told so far: objects, pods, replica sets and warnings. */
export interface Stage {
  /** Objects that are waited for, as they are now, by `objectKey`. */
  objects: Map<string, KubeObject>
  pods: Map<string, KubeObject>
  replicaSets: Map<string, KubeObject>
  events: Map<string, KubeObject>
}

/** The lists of a stage, by what a watch tells of. */
export type Role = keyof Stage

export function newStage(): Stage {
  return { objects: new Map(), pods: new Map(), replicaSets: new Map(), events: new Map() }
}

/** Who owns whom at one moment; made once for all objects that are looked at. */
export interface Family {
  podsOf: (owner: KubeObject) => readonly KubeObject[]
  replicaSetsOf: (owner: KubeObject) => readonly KubeObject[]
  events: readonly KubeObject[]
}

export function familyOf({ pods, replicaSets, events }: Stage): Family {
  const podsByOwner = byOwner(pods.values())
  const setsByOwner = byOwner(replicaSets.values())
  return {
    podsOf: (owner) => podsByOwner.get(uidOf(owner)) ?? [],
    replicaSetsOf: (owner) => setsByOwner.get(uidOf(owner)) ?? [],
    events: [...events.values()].sort((left, right) => timeOf(left) - timeOf(right)),
  }
}

/** What belongs to an object that is waited for, of its newest revision only. */
export function sceneOf(object: KubeObject, family: Family): Scene {
  const between = object.kind === 'Deployment' ? newestSets(object, family) : []
  const pods = currentPods(object, between, family)
  const about = new Set([object, ...between, ...pods].map(uidOf))
  const claims = new Set(pods.flatMap(claimsOf))
  const events = family.events.filter((event) => {
    const involved = at(event, 'involvedObject')
    if (about.has(textAt(involved, 'uid'))) return true
    const isClaim = textAt(involved, 'kind') === 'PersistentVolumeClaim'
    return isClaim && claims.has(textAt(involved, 'name'))
  })
  return { object, between, pods, events }
}

/** The key by which the stage holds an object. */
export function stageKey(role: Role, object: KubeObject): string {
  return role === 'objects' ? objectKey(object) : uidOf(object)
}

function newestSets(deployment: KubeObject, family: Family): KubeObject[] {
  const revision = annotationOf(deployment, REVISION)
  const sets = family.replicaSetsOf(deployment)
  const newest = sets.filter((set) => annotationOf(set, REVISION) === revision)
  // Until the controller has come to the change, the newest set is not there yet.
  const isSeen = numberAt(deployment, 'status', 'observedGeneration') !== undefined
  return isSeen ? newest : []
}

const REVISION = 'deployment.kubernetes.io/revision'

function currentPods(
  object: KubeObject,
  between: readonly KubeObject[],
  family: Family,
): readonly KubeObject[] {
  switch (object.kind) {
    case 'Pod':
      return [object]
    case 'Deployment':
      return between.flatMap((set) => family.podsOf(set))
    case 'StatefulSet': {
      const revision = textAt(object, 'status', 'updateRevision')
      return family
        .podsOf(object)
        .filter((pod) => revision === '' || labelOf(pod, 'controller-revision-hash') === revision)
    }
    case 'DaemonSet': {
      const generation = annotationOf(object, 'deprecated.daemonset.template.generation')
      return family
        .podsOf(object)
        .filter(
          (pod) =>
            generation === undefined || labelOf(pod, 'pod-template-generation') === generation,
        )
    }
    default:
      return family.podsOf(object)
  }
}

function byOwner(objects: Iterable<KubeObject>): Map<string, KubeObject[]> {
  const owned = new Map<string, KubeObject[]>()
  for (const object of objects) {
    for (const owner of objectsAt(object, 'metadata', 'ownerReferences')) {
      const uid = textAt(owner, 'uid')
      const siblings = owned.get(uid)
      if (siblings === undefined) owned.set(uid, [object])
      else siblings.push(object)
    }
  }
  return owned
}

function labelOf(object: KubeObject, name: string): string {
  return textAt(object, 'metadata', 'labels', name)
}

function uidOf(object: KubeObject): string {
  return textAt(object, 'metadata', 'uid')
}

/** When the event was last seen. */
function timeOf(event: KubeObject): number {
  const text =
    textAt(event, 'series', 'lastObservedTime') ||
    textAt(event, 'lastTimestamp') ||
    textAt(event, 'eventTime') ||
    textAt(event, 'metadata', 'creationTimestamp')
  return Date.parse(text) || 0
}
