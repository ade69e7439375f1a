import { PkgError } from '../base/errors.ts'
import { refOf } from '../cluster/cluster.ts'
import { describeObject, type KubeObject } from '../manifest/object.ts'
import { isDefinition } from './definitions.ts'
import { inParallel, PARALLEL } from './in-parallel.ts'
import type { Site, WaitSettings } from './site.ts'
import { waitUntilReady } from './wait.ts'

/** How long one stage may take to get ready when nobody says, in milliseconds. */
const STAGE_TIMEOUT = 300_000
/** How long an object may take to be gone, in milliseconds. */
const GONE_TIMEOUT = 60_000
/** First pause between two looks at an object that is going, in milliseconds. */
const FIRST_PAUSE = 50
const LONGEST_PAUSE = 2000

/** Waits until new kinds can be used, which takes a moment and is not worth a word. */
export async function awaitEstablished(site: Site, objects: readonly KubeObject[]): Promise<void> {
  await wait(site, objects.filter(isDefinition), undefined)
}

/** Waits until a stage is ready that objects of a later one wait for. */
export async function awaitReady(site: Site, objects: readonly KubeObject[]): Promise<void> {
  const others = objects.filter((object) => !isDefinition(object))
  await wait(site, others, site.wait?.onProgress)
}

async function wait(
  site: Site,
  objects: readonly KubeObject[],
  onProgress: WaitSettings['onProgress'],
): Promise<void> {
  if (objects.length === 0) return
  const timeout = site.wait?.timeout ?? STAGE_TIMEOUT
  await waitUntilReady(
    { ...site, onProgress },
    { objects, rules: { by: 'current', jobs: true }, purpose: 'ready', timeout },
  )
}

/**
 * Waits until objects are no longer there; another one of the same name is none of them.
 *
 * @throws PkgError WAIT_TIMED_OUT that names finalizers
 */
export async function awaitGone(site: Site, objects: readonly KubeObject[]): Promise<void> {
  await inParallel(objects, PARALLEL, (object) => awaitOneGone(site, object))
}

async function awaitOneGone(
  { cluster, signal, wait: settings }: Site,
  object: KubeObject,
): Promise<void> {
  const timeout = settings?.timeout ?? GONE_TIMEOUT
  const began = performance.now()
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const live = await cluster.get(refOf(object), signal)
    if (live === undefined || live.metadata['uid'] !== object.metadata['uid']) return
    if (performance.now() - began > timeout) throw stays(live, timeout)
    await sleep(pause, signal)
  }
}

function stays(live: KubeObject, timeout: number): PkgError {
  const { finalizers } = live.metadata
  const names = Array.isArray(finalizers) ? finalizers.map(String) : []
  const label = describeObject(live)
  return new PkgError('WAIT_TIMED_OUT', `${label} is not gone after ${timeout / 1000} s`, {
    details: names.length === 0 ? [] : [`finalizers: ${names.join(', ')}`],
    hint: 'See what its finalizers wait for, and run the same command again.',
  })
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    signal.addEventListener('abort', stop, { once: true })
  })
}
