import type { KubeObject } from '../manifest/object.ts'
import { at, conditionOf, describeCondition, numberAt, textAt } from './readiness-fields.ts'
import { failed, progressing, ready, type Readiness, type Rule } from './readiness-verdict.ts'

/** A rule a kind, by `group/Kind`. */
export const RULES: Readonly<Record<string, Rule>> = {
  '/Namespace': phaseIs('Active'),
  '/PersistentVolume': persistentVolume,
  '/PersistentVolumeClaim': phaseIs('Bound'),
  '/Pod': pod,
  '/ReplicationController': replicaSet,
  '/Service': service,
  'apiextensions.k8s.io/CustomResourceDefinition': customResourceDefinition,
  'apiregistration.k8s.io/APIService': apiService,
  'apps/DaemonSet': daemonSet,
  'apps/Deployment': deployment,
  'apps/ReplicaSet': replicaSet,
  'apps/StatefulSet': statefulSet,
  'batch/Job': jobHasBegun,
  'policy/PodDisruptionBudget': disruptionBudget,
}

/** A Job that must have completed. */
export function jobHasEnded(job: KubeObject): Readiness {
  const failure = jobFailure(job)
  if (failure !== undefined) return failure
  const wanted = numberAt(job, 'spec', 'completions') ?? numberAt(job, 'spec', 'parallelism') ?? 1
  const counts = `${numberAt(job, 'status', 'succeeded') ?? 0} of ${wanted} completed`
  if (isTrue(job, 'Complete')) return ready(counts)
  if (isTrue(job, 'Suspended')) return progressing('is suspended')
  return progressing(counts)
}

/** A Pod that must have run to its end. */
export function podHasEnded(pod: KubeObject): Readiness {
  const phase = textAt(pod, 'status', 'phase')
  if (phase === 'Succeeded') return ready('has completed')
  if (phase === 'Failed') return failed(podFailure(pod))
  return progressing(phase === '' ? 'is not scheduled' : `is ${phase}`)
}

function jobHasBegun(job: KubeObject): Readiness {
  const failure = jobFailure(job)
  if (failure !== undefined) return failure
  if (isTrue(job, 'Complete')) return ready('has completed')
  if (isTrue(job, 'Suspended')) return ready('is suspended')
  if (textAt(job, 'status', 'startTime') === '') return progressing('has not begun')
  return ready('has begun')
}

/** `FailureTarget` comes first, while its pods still end; nothing can save the Job then. */
function jobFailure(job: KubeObject): Readiness | undefined {
  for (const type of ['Failed', 'FailureTarget']) {
    const condition = conditionOf(job, type)
    if (condition?.status === 'True') return failed(describeCondition(condition))
  }
  return undefined
}

function pod(object: KubeObject): Readiness {
  const phase = textAt(object, 'status', 'phase')
  if (phase === 'Succeeded') return ready('has completed')
  if (phase === 'Failed') return failed(podFailure(object))
  if (phase === 'Running' && isTrue(object, 'Ready')) return ready('is ready')
  if (phase === 'Running') return progressing('runs and is not ready')
  return progressing(phase === '' ? 'is not scheduled' : `is ${phase}`)
}

function podFailure(object: KubeObject): string {
  const said = [textAt(object, 'status', 'reason'), textAt(object, 'status', 'message')]
  return said.filter((text) => text !== '').join(': ') || 'has failed'
}

function deployment(object: KubeObject): Readiness {
  const condition = conditionOf(object, 'Progressing')
  if (condition?.reason === 'ProgressDeadlineExceeded') return failed(describeCondition(condition))
  if (at(object, 'spec', 'paused') === true) return ready('is paused')
  if (isUnseen(object)) return unseen()
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1
  const missing =
    lack(object, 'replicas', wanted) ??
    lack(object, 'updatedReplicas', wanted) ??
    surplus(object, wanted) ??
    lack(object, 'availableReplicas', wanted) ??
    lack(object, 'readyReplicas', wanted)
  if (missing !== undefined) return missing
  if (hasDeadline(object) && condition?.reason !== 'NewReplicaSetAvailable') {
    return progressing('the new replica set is not available')
  }
  if (!isTrue(object, 'Available')) return progressing('is not available')
  return ready(`${wanted}/${wanted} available`)
}

/** Without a deadline the controller sets no condition about progress. */
function hasDeadline(object: KubeObject): boolean {
  const deadline = numberAt(object, 'spec', 'progressDeadlineSeconds')
  return deadline !== undefined && deadline !== 0x7fff_ffff
}

function replicaSet(object: KubeObject): Readiness {
  const failure = conditionOf(object, 'ReplicaFailure')
  if (failure?.status === 'True') return progressing(describeCondition(failure))
  if (isUnseen(object)) return unseen()
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1
  return (
    lack(object, 'fullyLabeledReplicas', wanted) ??
    lack(object, 'availableReplicas', wanted) ??
    lack(object, 'readyReplicas', wanted) ??
    surplus(object, wanted) ??
    ready(`${wanted}/${wanted} available`)
  )
}

function statefulSet(object: KubeObject): Readiness {
  const strategy = at(object, 'spec', 'updateStrategy')
  if (textAt(strategy, 'type') === 'OnDelete') return ready('is updated by hand (OnDelete)')
  if (isUnseen(object)) return unseen()
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1
  const missing =
    lack(object, 'replicas', wanted) ??
    lack(object, 'readyReplicas', wanted) ??
    surplus(object, wanted)
  if (missing !== undefined) return missing
  const partition = numberAt(strategy, 'rollingUpdate', 'partition') ?? 0
  const all = ready(`${wanted}/${wanted} ready`)
  if (partition > 0) return lack(object, 'updatedReplicas', wanted - partition) ?? all
  const current = textAt(object, 'status', 'currentRevision')
  const update = textAt(object, 'status', 'updateRevision')
  if (current !== update) return progressing('pods of the new revision replace the old ones')
  return lack(object, 'currentReplicas', wanted) ?? all
}

function daemonSet(object: KubeObject): Readiness {
  if (isUnseen(object)) return unseen()
  const wanted = numberAt(object, 'status', 'desiredNumberScheduled')
  if (wanted === undefined) return unseen()
  const all = ready(`${wanted}/${wanted} available`)
  const byHand = textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete'
  return (
    lack(object, 'currentNumberScheduled', wanted) ??
    (byHand ? undefined : lack(object, 'updatedNumberScheduled', wanted)) ??
    lack(object, 'numberAvailable', wanted) ??
    lack(object, 'numberReady', wanted) ??
    all
  )
}

/** An address is what a load balancer is for; Helm 4 does not wait for it, Helm 3 did. */
function service(object: KubeObject): Readiness {
  if (textAt(object, 'spec', 'type') !== 'LoadBalancer') return ready('is applied')
  const hasOwn = Array.isArray(at(object, 'spec', 'externalIPs'))
  const ingress = at(object, 'status', 'loadBalancer', 'ingress')
  if (hasOwn || (Array.isArray(ingress) && ingress.length > 0)) return ready('has an address')
  return progressing('waits for the address of its load balancer')
}

function persistentVolume(object: KubeObject): Readiness {
  const phase = textAt(object, 'status', 'phase')
  if (phase === 'Failed') return failed(textAt(object, 'status', 'message') || 'has failed')
  return phase === 'Available' || phase === 'Bound' ? ready(`is ${phase}`) : waits(phase)
}

function customResourceDefinition(object: KubeObject): Readiness {
  const names = conditionOf(object, 'NamesAccepted')
  if (names?.status === 'False') return failed(describeCondition(names))
  const established = conditionOf(object, 'Established')
  if (established?.status === 'True') return ready('is established')
  return progressing('is not established')
}

function apiService(object: KubeObject): Readiness {
  const available = conditionOf(object, 'Available')
  if (available?.status === 'True') return ready('is available')
  return progressing(available === undefined ? 'is not available' : describeCondition(available))
}

/** Whether the budget is met is for the workload to say: it is waited for itself. */
function disruptionBudget(object: KubeObject): Readiness {
  const isSeen = numberAt(object, 'status', 'observedGeneration') !== undefined
  return isSeen ? ready('is computed') : unseen()
}

function phaseIs(wanted: string): Rule {
  return (object) => {
    const phase = textAt(object, 'status', 'phase')
    return phase === wanted ? ready(`is ${phase}`) : waits(phase)
  }
}

function waits(phase: string): Readiness {
  return progressing(phase === '' ? 'has no phase yet' : `is ${phase}`)
}

const COUNTED: Readonly<Record<string, string>> = {
  replicas: 'created',
  updatedReplicas: 'updated',
  availableReplicas: 'available',
  readyReplicas: 'ready',
  currentReplicas: 'of the current revision',
  fullyLabeledReplicas: 'labelled',
  currentNumberScheduled: 'scheduled',
  updatedNumberScheduled: 'updated',
  numberAvailable: 'available',
  numberReady: 'ready',
}

function lack(object: KubeObject, field: string, wanted: number): Readiness | undefined {
  const count = numberAt(object, 'status', field) ?? 0
  if (count >= wanted) return undefined
  return progressing(`${count}/${wanted} ${COUNTED[field] ?? field}`)
}

function surplus(object: KubeObject, wanted: number): Readiness | undefined {
  const more = (numberAt(object, 'status', 'replicas') ?? 0) - wanted
  return more > 0 ? progressing(`${more} old to be removed`) : undefined
}

function isUnseen(object: KubeObject): boolean {
  return numberAt(object, 'status', 'observedGeneration') === undefined
}

function unseen(): Readiness {
  return progressing('waits for its controller to see it')
}

function isTrue(object: KubeObject, type: string): boolean {
  return conditionOf(object, type)?.status === 'True'
}
