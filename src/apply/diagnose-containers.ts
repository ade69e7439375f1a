import type { JsonObject } from '../base/json.ts'
import type { KubeObject } from '../manifest/object.ts'
import { describeObject } from '../manifest/object.ts'
import type { Sign, SignName } from './diagnose-signs.ts'
import { at, numberAt, objectsAt, textAt } from './readiness-fields.ts'

/** How often a container may fall over until nobody believes in it; annotation and default. */
export const FAILURES_ANNOTATION = 'kubectl-pkg/failures-allowed'
export const FAILURES_ALLOWED = 2

export interface ContainerChoice {
  /** Restarts of a container, by pod's uid and container, that were there before the wait. */
  restartsBefore: (pod: KubeObject, container: string) => number
  failuresAllowed: number
}

/** What a pod's events say that its status does not. */
export interface PodNews {
  /** Why its image could not be pulled; of one that backs off the status does not always tell. */
  pullFailure: string | undefined
}

/** What the containers of a pod show, those that start first before the others. */
export function containerSigns(pod: KubeObject, choice: ContainerChoice, news: PodNews): Sign[] {
  return [
    ...objectsAt(pod, 'status', 'initContainerStatuses').map((status) => ({ status, init: true })),
    ...objectsAt(pod, 'status', 'containerStatuses').map((status) => ({ status, init: false })),
  ].flatMap(({ status, init }) => {
    const sign = waitingSign(pod, status, news) ?? crashSign(pod, status, choice)
    if (sign === undefined) return []
    const name = textAt(status, 'name')
    const what = `${init ? 'init container' : 'container'} "${name}" of ${describeObject(pod)}`
    return [
      {
        name: sign.name,
        cause: `${what} ${sign.text}`,
        about: describeObject(pod),
        container: name,
      },
    ]
  })
}

interface Finding {
  name: SignName
  text: string
}

/** One line that says what a container does: `waiting: ImagePullBackOff`. */
export function describeContainer(status: JsonObject): string {
  const state = at(status, 'state')
  const waiting = textAt(state, 'waiting', 'reason')
  if (waiting !== '') return `waiting: ${waiting}`
  if (at(state, 'terminated') !== undefined) return describeEnd(at(state, 'terminated'))
  if (at(state, 'running') === undefined) return 'not started'
  return at(status, 'ready') === true ? 'running' : 'running, not ready'
}

const PULLING = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'RegistryUnavailable',
  'ImageInspectError',
])
const STARTING = new Set([
  'CreateContainerError',
  'RunContainerError',
  'StartError',
  'PostStartHookError',
])

function waitingSign(
  pod: KubeObject,
  status: JsonObject,
  { pullFailure }: PodNews,
): Finding | undefined {
  const waiting = at(status, 'state', 'waiting')
  const reason = textAt(waiting, 'reason')
  const message = textAt(waiting, 'message')
  const image = imageOf(pod, textAt(status, 'name')) || textAt(status, 'image')
  if (PULLING.has(reason)) return pullSign(withoutBackOff(message) || pullFailure || reason, image)
  if (STARTING.has(reason)) {
    return { name: 'CannotStart', text: `cannot be started: ${message || reason}` }
  }
  switch (reason) {
    case 'InvalidImageName':
      return { name: 'ImageNameInvalid', text: `has the invalid image name "${image}"` }
    case 'ErrImageNeverPull': {
      const text = `must not pull image "${image}", which its node does not have`
      return { name: 'ImageNeverPulled', text }
    }
    case 'CreateContainerConfigError':
      return { name: 'ConfigMissing', text: `cannot be configured: ${message || reason}` }
    default:
      return undefined
  }
}

const NOT_FOUND = /not found|manifest unknown|does not exist|repository name not known|no match/i
const DENIED = /denied|unauthorized|authentication|authorization|forbidden|\b40[13]\b/i

/** "Not found, or denied" is what registries say of both: it is no certain sign at once. */
function pullSign(said: string, image: string): Finding {
  const text = `cannot pull image "${image}": ${said}`
  if (DENIED.test(said)) return { name: 'ImageDenied', text }
  return { name: NOT_FOUND.test(said) ? 'ImageNotFound' : 'ImagePull', text }
}

/** What the last try failed for, which newer nodes tell after the back-off. */
function withoutBackOff(message: string): string {
  return message.replace(/^back-off pulling image( "[^"]*")?(: ErrImagePull: )?/i, '')
}

function imageOf(pod: KubeObject, name: string): string {
  const containers = [
    ...objectsAt(pod, 'spec', 'containers'),
    ...objectsAt(pod, 'spec', 'initContainers'),
  ]
  return textAt(
    containers.find((container) => textAt(container, 'name') === name),
    'image',
  )
}

function crashSign(
  pod: KubeObject,
  status: JsonObject,
  { restartsBefore, failuresAllowed }: ContainerChoice,
): Finding | undefined {
  const name = textAt(status, 'name')
  const before = restartsBefore(pod, name)
  const restarts = (numberAt(status, 'restartCount') ?? 0) - before
  const end = lastEnd(status)
  if (end === undefined) return undefined
  const how = describeEnd(end)
  const times = `${how}, ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`
  if (textAt(end, 'reason') === 'OOMKilled') {
    const limit = textAt(
      objectsAt(pod, 'spec', 'containers').find((each) => textAt(each, 'name') === name),
      'resources',
      'limits',
      'memory',
    )
    const text = `needs more memory than its limit${limit === '' ? '' : ` of ${limit}`} (OOMKilled), ${restarts} restarts`
    if (restarts >= Math.min(2, failuresAllowed + 1)) return { name: 'OutOfMemory', text }
    return { name: 'Crashed', text }
  }
  const isLooping = textAt(status, 'state', 'waiting', 'reason') === 'CrashLoopBackOff'
  // What fell over before the wait gets one more try, whatever its count.
  const enough = before > 0 ? 1 : failuresAllowed + 1
  if (isLooping && restarts >= enough) {
    return { name: 'CrashLoop', text: `crashes again and again: ${times}` }
  }
  if (numberAt(end, 'exitCode') === 0 && !isLooping) return undefined
  return { name: isLooping ? 'Crashed' : 'ContainerEnded', text: `ended: ${how}` }
}

/** How a container that is not running now has ended; of a running one nothing is wrong. */
function lastEnd(status: JsonObject): JsonObject | undefined {
  const now = at(status, 'state', 'terminated')
  const isReady = at(status, 'ready') === true
  const last = now ?? (isReady ? undefined : at(status, 'lastState', 'terminated'))
  return typeof last === 'object' && last !== null && !Array.isArray(last) ? last : undefined
}

function describeEnd(end: unknown): string {
  const terminated = end as JsonObject
  const code = numberAt(terminated, 'exitCode')
  const signal = numberAt(terminated, 'signal')
  const reason = textAt(terminated, 'reason')
  const how = code === undefined ? `signal ${signal ?? '?'}` : `exit code ${code}`
  const meaning = code === undefined ? undefined : EXIT_CODES[code]
  const known = reason === '' || reason === 'Error' || reason === 'Completed' ? meaning : reason
  return known === undefined ? how : `${how} (${known})`
}

const EXIT_CODES: Readonly<Record<number, string>> = {
  126: 'the command cannot be executed',
  127: 'the command is not found',
  137: 'killed',
  143: 'terminated',
}
