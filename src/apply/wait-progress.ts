import type { KubeObject } from '../manifest/object.ts'
import type { ObjectName, PodState, ProgressEvent } from '../types/event.ts'
import { describeContainer } from './diagnose-containers.ts'
import { conditionOf, objectsAt, textAt } from './readiness-fields.ts'
import type { Standing } from './wait-tracker.ts'

/** Told of everything that happens while a run is under way. */
export type OnProgress = (event: ProgressEvent) => void

/** How an event names an object. */
export function objectName({ apiVersion, kind, metadata }: KubeObject): ObjectName {
  const { name, namespace } = metadata
  return { apiVersion, kind, name, ...(typeof namespace === 'string' && { namespace }) }
}

/** Pods of the newest revision that are not ready, each with what it does. */
function openPods({ scene }: Pick<Standing, 'scene'>): PodState[] {
  if (scene === undefined || scene.object.kind === 'Pod') return []
  return scene.pods
    .filter((pod) => !isDone(pod))
    .map((pod) => ({ name: pod.metadata.name, text: describePod(pod) }))
}

/** One line about a pod: `Pending, app waiting: ErrImagePull`. */
export function describePod(pod: KubeObject): string {
  const phase = textAt(pod, 'status', 'phase') || 'Pending'
  const containers = ['initContainerStatuses', 'containerStatuses']
    .flatMap((list) => objectsAt(pod, 'status', list))
    .filter((status) => status['ready'] !== true)
    .map((status) => `${textAt(status, 'name')} ${describeContainer(status)}`)
  const scheduled = conditionOf(pod, 'PodScheduled')
  if (scheduled?.status === 'False') return `${phase}, ${scheduled.reason.toLowerCase()}`
  return [phase, ...containers].join(', ')
}

function isDone(pod: KubeObject): boolean {
  return (
    textAt(pod, 'status', 'phase') === 'Succeeded' ||
    conditionOf(pod, 'Ready')?.status === 'True' ||
    textAt(pod, 'metadata', 'deletionTimestamp') !== ''
  )
}

export interface ProgressReporter {
  /** Tells what is new since the last time. @returns whether anything was */
  tell(standings: readonly Standing[]): boolean
}

/** Turns standings into events, one for each object whose state or pods say something new. */
export function reportProgress(onProgress: OnProgress, now: () => Date): ProgressReporter {
  const told = new Map<string, string>()
  return {
    tell(standings) {
      let isNew = false
      for (const standing of standings) {
        const { state, text } = standing.readiness
        const object = objectName(standing.wanted)
        const pods = state === 'ready' ? [] : openPods(standing)
        const news = JSON.stringify([state, text, pods])
        const key = `${object.apiVersion} ${object.kind} ${object.namespace} ${object.name}`
        if (told.get(key) === news) continue
        told.set(key, news)
        isNew = true
        onProgress({ type: 'object', time: now().toISOString(), object, state, text, pods })
      }
      return isNew
    },
  }
}
