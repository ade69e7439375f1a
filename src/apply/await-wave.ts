import { PkgError } from '../base/errors.ts'
import { steadyNow } from '../base/steady-clock.ts'
import { refOf } from '../cluster/cluster.ts'
import type { KubeObject } from '../manifest/object.ts'
import { isDefinition } from './definitions.ts'
import { inParallel, PARALLEL } from './in-parallel.ts'
import type { Site, WaitSettings } from './site.ts'
import { sleep } from './sleep.ts'
import { stays, waitUntilGone } from './wait-gone.ts'
import { waitUntilReady } from './wait.ts'

/** How long one stage may take to get ready when nobody says, in milliseconds. */
export const STAGE_TIMEOUT = 300_000
/** How long an object may take to be gone, in milliseconds. */
const GONE_TIMEOUT = 60_000
/** Between two looks of who may not watch, in milliseconds. */
const PAUSE = 1000

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
 * Waits until objects are no longer there; another one of the same name is none of them. Most
 * go at once, and only those that do not are watched.
 *
 * @throws PkgError WAIT_TIMED_OUT that names finalizers
 */
export async function awaitGone(site: Site, objects: readonly KubeObject[]): Promise<void> {
  const there = await inParallel(objects, PARALLEL, (object) => isThere(site, object))
  const left = objects.filter((_, at) => there[at] === true)
  const timeout = site.wait?.timeout ?? GONE_TIMEOUT
  try {
    await waitUntilGone({ ...site, onProgress: undefined }, left, timeout)
  } catch (error) {
    if (!(error instanceof PkgError) || error.code !== 'FORBIDDEN') throw error
    await lookUntilGone(site, left, timeout)
  }
}

async function isThere({ cluster, signal }: Site, object: KubeObject): Promise<boolean> {
  const live = await cluster.get(refOf(object), signal)
  return live !== undefined && live.metadata['uid'] === object.metadata['uid']
}

/** Who may not watch looks again and again. */
async function lookUntilGone(
  site: Site,
  objects: readonly KubeObject[],
  timeout: number,
): Promise<void> {
  const began = steadyNow()
  for (const object of objects) {
    while (await isThere(site, object)) {
      if (steadyNow() - began > timeout) throw stays([object], timeout)
      await sleep(PAUSE, site.signal)
    }
  }
}
