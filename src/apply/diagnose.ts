import type { KubeObject } from '../manifest/object.ts'
import { describeObject } from '../manifest/object.ts'
import { containerSigns, type ContainerChoice } from './diagnose-containers.ts'
import type { Sign, SignName } from './diagnose-signs.ts'
import { conditionOf, numberAt, objectsAt, textAt } from './readiness-fields.ts'

/** An object that is waited for, and what belongs to it. */
export interface Scene {
  object: KubeObject
  /** Replica sets between it and its pods, newest revision only. */
  between: readonly KubeObject[]
  /** Its pods of the newest revision. */
  pods: readonly KubeObject[]
  /** Warnings about all of them, and about the claims of the pods, oldest first. */
  events: readonly KubeObject[]
}

/**
 * What is wrong with an object, the most telling first; empty when nothing is.
 *
 * Events only count while the object's state agrees with them: they stay for an hour after
 * what they tell of is over.
 */
export function signsOf(scene: Scene, choice: ContainerChoice): Sign[] {
  return [
    ...scene.pods.flatMap((pod) => podSigns(pod, scene, choice)),
    ...creationSigns(scene),
    ...claimSigns(scene),
    ...warnings(scene),
  ]
}

function podSigns(pod: KubeObject, scene: Scene, choice: ContainerChoice): Sign[] {
  if (textAt(pod, 'metadata', 'deletionTimestamp') !== '') return []
  const phase = textAt(pod, 'status', 'phase')
  if (phase === 'Succeeded') return []
  const containers = containerSigns(pod, choice, { pullFailure: pullFailure(pod, scene) })
  if (phase === 'Failed') return [...failedPod(pod, scene, containers), ...containers]
  return [
    ...containers,
    ...unschedulable(pod, scene),
    ...mountSigns(pod, scene),
    ...probeSigns(pod, scene),
  ]
}

function pullFailure(pod: KubeObject, { events }: Scene): string | undefined {
  const failed = /^failed to pull image( "[^"]*")?: /i
  const event = eventsAbout(pod, events).findLast((each) => failed.test(textAt(each, 'message')))
  return event && textAt(event, 'message').replace(failed, '')
}

/** A pod of a controller is replaced; only the controller knows when to give up. */
function failedPod(pod: KubeObject, { object }: Scene, containers: readonly Sign[]): Sign[] {
  if (object.kind !== 'Pod' || containers.length > 0) return []
  const said = [textAt(pod, 'status', 'reason'), textAt(pod, 'status', 'message')]
  const why = said.filter((text) => text !== '').join(': ')
  const about = describeObject(pod)
  return [{ name: 'PodFailed', cause: `${about} failed${why === '' ? '' : `: ${why}`}`, about }]
}

function unschedulable(pod: KubeObject, scene: Scene): Sign[] {
  const scheduled = conditionOf(pod, 'PodScheduled')
  if (scheduled?.status !== 'False' || scheduled.reason === 'SchedulingGated') return []
  const about = describeObject(pod)
  const message = scheduled.message || scheduled.reason
  const claims = claimsOf(pod)
  const event = scene.events.findLast(
    (each) =>
      isClaimFailure(each) &&
      textAt(each, 'involvedObject', 'kind') === 'PersistentVolumeClaim' &&
      claims.includes(textAt(each, 'involvedObject', 'name')),
  )
  if (event !== undefined) {
    const claim = textAt(event, 'involvedObject', 'name')
    const cause = `${about} waits for the volume of claim "${claim}": ${textAt(event, 'message')}`
    return [{ name: isClassMissing(event) ? 'StorageClassMissing' : 'ClaimUnbound', cause, about }]
  }
  if (claims.length > 0 && /persistentvolumeclaim/i.test(message)) {
    const cause = `${about} waits for the volume of claim "${claims.join('", "')}": ${message}`
    return [{ name: 'ClaimUnbound', cause, about }]
  }
  return [{ name: 'Unschedulable', cause: `${about} fits on no node: ${message}`, about }]
}

/** The claims that a pod mounts. */
export function claimsOf(pod: KubeObject): string[] {
  return objectsAt(pod, 'spec', 'volumes')
    .map((volume) => textAt(volume, 'persistentVolumeClaim', 'claimName'))
    .filter((name) => name !== '')
}

function isClaimFailure(event: KubeObject): boolean {
  return ['ProvisioningFailed', 'FailedBinding'].includes(textAt(event, 'reason'))
}

/** Whether a claim gets its volume only once a pod uses it; nobody can wait for that. */
export function waitsForConsumer({ object, events }: Scene): boolean {
  if (object.kind !== 'PersistentVolumeClaim') return false
  const last = eventsAbout(object, events).at(-1)
  return last !== undefined && textAt(last, 'reason') === 'WaitForFirstConsumer'
}

function isClassMissing(event: KubeObject): boolean {
  return /storageclass.*not found/i.test(textAt(event, 'message'))
}

const BEFORE_CONTAINERS: Readonly<Record<string, SignName>> = {
  FailedMount: 'MountFailed',
  FailedAttachVolume: 'MountFailed',
  FailedMapVolume: 'MountFailed',
  FailedCreatePodSandBox: 'SandboxFailed',
}

/** As long as no container of the pod has begun. */
function mountSigns(pod: KubeObject, { events }: Scene): Sign[] {
  const isCreating = objectsAt(pod, 'status', 'containerStatuses').every((status) =>
    ['ContainerCreating', 'PodInitializing'].includes(textAt(status, 'state', 'waiting', 'reason')),
  )
  if (!isCreating || textAt(pod, 'status', 'phase') === 'Running') return []
  const about = describeObject(pod)
  const event = eventsAbout(pod, events).findLast(
    (each) => BEFORE_CONTAINERS[textAt(each, 'reason')] !== undefined,
  )
  const name = event === undefined ? undefined : BEFORE_CONTAINERS[textAt(event, 'reason')]
  if (event === undefined || name === undefined) return []
  return [{ name, cause: `${about} cannot begin: ${textAt(event, 'message')}`, about }]
}

/** A probe that fails may succeed in a moment: it explains, and proves nothing. */
function probeSigns(pod: KubeObject, { events }: Scene): Sign[] {
  if (conditionOf(pod, 'Ready')?.status === 'True') return []
  const event = eventsAbout(pod, events).findLast((each) => textAt(each, 'reason') === 'Unhealthy')
  if (event === undefined) return []
  const about = describeObject(pod)
  const container =
    /\{(.*)\}/.exec(textAt(event, 'involvedObject', 'fieldPath'))?.[1] ?? onlyContainer(pod)
  const whose = container === undefined ? about : `container "${container}" of ${about}`
  const cause = `${whose} does not answer its probe: ${textAt(event, 'message').trim()}`
  return [{ name: 'ProbeFails', cause, about, container }]
}

function onlyContainer(pod: KubeObject): string | undefined {
  const containers = objectsAt(pod, 'spec', 'containers')
  return containers.length === 1 ? textAt(containers[0], 'name') : undefined
}

/** Pods that the API server does not let be created. */
function creationSigns({ object, between, events }: Scene): Sign[] {
  const makers = between.length > 0 ? between : [object]
  return makers.flatMap((maker) => {
    if (!lacksPods(maker)) return []
    const event = eventsAbout(maker, events).findLast(
      (each) => textAt(each, 'reason') === 'FailedCreate',
    )
    const failure = conditionOf(maker, 'ReplicaFailure')
    const message = failure?.status === 'True' ? failure.message : event && textAt(event, 'message')
    if (message === undefined || message === '') return []
    const about = describeObject(maker)
    return [{ name: creationSign(message), cause: `${about} gets no pods: ${message}`, about }]
  })
}

function lacksPods(maker: KubeObject): boolean {
  if (maker.kind === 'Job') return (numberAt(maker, 'status', 'active') ?? 0) === 0
  const created =
    numberAt(maker, 'status', 'replicas') ?? numberAt(maker, 'status', 'currentNumberScheduled')
  const wanted =
    numberAt(maker, 'spec', 'replicas') ?? numberAt(maker, 'status', 'desiredNumberScheduled')
  return (created ?? 0) < (wanted ?? 1)
}

function creationSign(message: string): SignName {
  if (/exceeded quota|insufficient quota/i.test(message)) return 'QuotaExceeded'
  const isRefused =
    /admission webhook .* denied|violates PodSecurity|ValidatingAdmissionPolicy|is invalid:/i
  return isRefused.test(message) ? 'AdmissionRefused' : 'PodsNotCreated'
}

/** A claim that is waited for itself. */
function claimSigns({ object, events }: Scene): Sign[] {
  if (object.kind !== 'PersistentVolumeClaim') return []
  if (textAt(object, 'status', 'phase') !== 'Pending') return []
  const event = eventsAbout(object, events).findLast(isClaimFailure)
  if (event === undefined) return []
  const about = describeObject(object)
  const cause = `${about} gets no volume: ${textAt(event, 'message')}`
  return [{ name: isClassMissing(event) ? 'StorageClassMissing' : 'ClaimUnbound', cause, about }]
}

/** What else was said about the object: the best there is when nothing else explains it. */
function warnings({ object, events }: Scene): Sign[] {
  const about = describeObject(object)
  const event = eventsAbout(object, events).findLast(
    (each) => textAt(each, 'reason') !== 'FailedCreate' && textAt(each, 'type') === 'Warning',
  )
  if (event === undefined) return []
  const cause = `${about}: ${textAt(event, 'reason')}: ${textAt(event, 'message')}`
  return [{ name: 'Warned', cause, about }]
}

/** The events of a list that are about one object. */
function eventsAbout(object: KubeObject, events: readonly KubeObject[]): readonly KubeObject[] {
  const uid = textAt(object, 'metadata', 'uid')
  return events.filter((event) => textAt(event, 'involvedObject', 'uid') === uid)
}
