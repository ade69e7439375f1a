import { eitherSignal } from '../base/either-signal.ts'
import { PkgError } from '../base/errors.ts'
import { steadyNow } from '../base/steady-clock.ts'
import type { WatchEvent } from '../cluster/cluster.ts'
import { describeObject, objectKey, type KubeObject } from '../manifest/object.ts'
import { at, textAt } from './readiness-fields.ts'
import { newBell } from './wait-bell.ts'
import { objectName } from './wait-progress.ts'
import { planWatches } from './wait-watches.ts'
import type { WaitSite } from './wait.ts'

/**
 * Waits until objects are no longer there, by watches; another one of the same name is none of
 * them.
 *
 * @param objects as they were when they were deleted
 * @param timeout in milliseconds
 * @throws PkgError WAIT_TIMED_OUT that names finalizers, FORBIDDEN; the signal's reason when it
 *   aborts
 */
export async function waitUntilGone(
  site: WaitSite,
  objects: readonly KubeObject[],
  timeout: number,
): Promise<void> {
  if (objects.length === 0) return
  const began = steadyNow()
  const progress = deletionProgress(site, objects, timeout, began)
  const watched = watchObjects(site, objects)
  try {
    for (;;) {
      site.signal.throwIfAborted()
      const left = watched.left()
      progress.tell(left ?? objects)
      if (left?.length === 0) return progress.end('ready')
      const time = began + timeout - steadyNow()
      if (time <= 0) {
        progress.end('timed-out')
        throw stays(left ?? objects, timeout)
      }
      await watched.changed(time)
    }
  } finally {
    await watched.stop()
  }
}

interface WatchedObjects {
  /** Objects that are still there; undefined until all have been told of. */
  left(): KubeObject[] | undefined
  changed(milliseconds: number): Promise<void>
  stop(): Promise<void>
}

function watchObjects(site: WaitSite, objects: readonly KubeObject[]): WatchedObjects {
  const stopping = new AbortController()
  const signal = eitherSignal(site.signal, stopping.signal)
  const bell = newBell()
  const live = new Map<string, KubeObject>()
  const plans = planWatches(objects).filter(({ role }) => role === 'objects')
  let unsynced = plans.length
  let failure: unknown

  const take = (event: WatchEvent): void => {
    if (event.type === 'synced') return
    const key = objectKey(event.object)
    if (event.type === 'deleted') live.delete(key)
    else live.set(key, event.object)
  }
  const running = plans.map(async ({ kind, selection }) => {
    let isSynced = false
    try {
      for await (const event of site.cluster.watch(kind, selection, signal)) {
        if (event.type === 'synced' && !isSynced) {
          isSynced = true
          unsynced -= 1
        }
        take(event)
        bell.ring()
      }
    } catch (error) {
      if (!signal.aborted) failure ??= error
      bell.ring()
    }
  })
  return {
    left() {
      if (failure !== undefined) throw failure
      if (unsynced > 0) return undefined
      return objects.flatMap((object) => {
        const found = live.get(objectKey(object))
        return found !== undefined && found.metadata['uid'] === object.metadata['uid']
          ? [found]
          : []
      })
    },
    changed: (milliseconds) => bell.wait(milliseconds, site.signal),
    async stop() {
      stopping.abort()
      await Promise.all(running)
    },
  }
}

function deletionProgress(
  { now, onProgress = () => undefined }: WaitSite,
  objects: readonly KubeObject[],
  timeout: number,
  began: number,
) {
  const told = new Map<string, string>()
  const time = (): string => now().toISOString()
  onProgress({
    type: 'wait',
    time: time(),
    purpose: 'deletion',
    objects: objects.map(objectName),
    timeoutSeconds: timeout / 1000,
  })
  return {
    tell(left: readonly KubeObject[]): void {
      const there = new Map(left.map((object) => [objectKey(object), object]))
      for (const object of objects) {
        const key = objectKey(object)
        const found = there.get(key)
        const text = found === undefined ? 'is gone' : describeDeletion(found)
        if (told.get(key) === text) continue
        told.set(key, text)
        const state = found === undefined ? 'ready' : 'progressing'
        onProgress({
          type: 'object',
          time: time(),
          object: objectName(object),
          state,
          text,
          pods: [],
        })
      }
    },
    end(outcome: 'ready' | 'timed-out'): void {
      const waitedSeconds = Math.round((steadyNow() - began) / 100) / 10
      onProgress({ type: 'waited', time: time(), outcome, waitedSeconds })
    },
  }
}

function describeDeletion(object: KubeObject): string {
  if (textAt(object, 'metadata', 'deletionTimestamp') === '') return 'is still there'
  const names = finalizersOf(object)
  return names.length === 0 ? 'is being deleted' : `waits for ${names.join(', ')}`
}

function finalizersOf(object: KubeObject): string[] {
  const finalizers = at(object, 'metadata', 'finalizers')
  return Array.isArray(finalizers) ? finalizers.filter((name) => typeof name === 'string') : []
}

/** Names what is still there after the timeout, in milliseconds, and its finalizers. */
export function stays(left: readonly KubeObject[], timeout: number): PkgError {
  const [first] = left
  const label = first === undefined ? 'an object' : describeObject(first)
  const others = left.length > 1 ? ` and ${left.length - 1} more are` : ' is'
  const seconds = timeout / 1000
  return new PkgError('WAIT_TIMED_OUT', `${label}${others} not gone after ${seconds} s`, {
    details: left.map((object) => `${describeObject(object)} ${describeDeletion(object)}`),
    hint: 'See what its finalizers wait for, and run the same command again.',
  })
}
