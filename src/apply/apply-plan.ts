import { PkgError } from '../base/errors.ts'
import { isSystemError } from '../base/files.ts'
import { refOf } from '../cluster/cluster.ts'
import { describeObject, type KubeObject } from '../manifest/object.ts'
import { isWrite, type Change, type Plan } from '../plan/plan.ts'
import { wavesOf } from '../plan/waves.ts'
import { awaitEstablished, awaitGone, awaitReady } from './await-wave.ts'
import { onceAnswered, ownWebhooks, type OwnWebhooks } from './await-webhook.ts'
import { inParallel, PARALLEL } from './in-parallel.ts'
import type { Site } from './site.ts'
import { writeChange } from './write-change.ts'

/**
 * Carries out a plan, wave after wave. A directory gets one change after the other; an API
 * server those of a wave at the same time, a few at a time. What a webhook of the plan checks
 * waits until that can be asked.
 *
 * After a failure nothing new is begun, and what is under way is finished. Each change may be
 * done twice: a run that was cut off is simply run again.
 *
 * @throws PkgError APPLY_FAILED and what the target refuses, for the first object, with all
 *   others that failed at the same time; LOCK_LOST, INTERRUPTED; what waits for stages throw
 */
export async function applyPlan(site: Site, plan: Plan): Promise<void> {
  if (!site.cluster.runsHooks) return applyEach(site, plan.changes.filter(isWrite), 1)
  const webhooks = ownWebhooks(plan.changes)
  for (const { changes, awaited, leaving } of wavesOf(plan)) {
    await applyEach(site, changes, PARALLEL, webhooks)
    await awaitEstablished(site, awaited)
    await awaitReady(site, awaited)
    await awaitGone(site, leaving)
  }
}

/** Creates objects that are not there yet; what exists is left as it is. */
export async function createMissing(site: Site, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) {
    if ((await site.cluster.get(refOf(object), site.signal)) !== undefined) continue
    await applyEach(site, [{ op: 'create', object, live: undefined }], 1)
  }
}

async function applyEach(
  site: Site,
  changes: readonly Change[],
  width: number,
  webhooks = ownWebhooks([]),
): Promise<void> {
  await inParallel(changes, width, async (change) => {
    assertNotStopped(site.signal, change)
    await site.lock.assertHeld()
    await applyChange(site, change, webhooks)
  })
}

/** Says how far a run came that a signal stopped. */
function assertNotStopped(signal: AbortSignal, { op, object }: Change): void {
  const reason: unknown = signal.reason
  if (!signal.aborted || !(reason instanceof PkgError)) return
  const message = `${reason.message} before ${op} of ${describeObject(object)}`
  throw new PkgError(reason.code, message, { hint: reason.hint, cause: reason })
}

async function applyChange(site: Site, change: Change, webhooks: OwnWebhooks): Promise<void> {
  const { object } = change
  try {
    await onceAnswered(site, { object, webhooks }, () => writeChange(site, change))
  } catch (error) {
    if (!isSystemError(error)) throw error
    const label = describeObject(object)
    throw new PkgError('APPLY_FAILED', `${change.op} of ${label} failed: ${error.message}`, {
      hint: 'Solve the cause and run the same command again; it takes up what is left to do.',
      cause: error,
    })
  }
}
