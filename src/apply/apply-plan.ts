import { PkgError } from '../base/errors.ts'
import { isSystemError } from '../base/files.ts'
import { refOf } from '../cluster/cluster.ts'
import { describeObject, type KubeObject } from '../manifest/object.ts'
import { isWrite, type Change, type Plan } from '../plan/plan.ts'
import type { Site } from './site.ts'

/**
 * Carries out a plan, one change after the other in its order.
 *
 * Each change may be done twice: a run that was cut off is simply run again.
 *
 * @throws PkgError APPLY_FAILED for the first object that could not be written, LOCK_LOST,
 *   INTERRUPTED
 */
export async function applyPlan(site: Site, plan: Plan): Promise<void> {
  for (const change of plan.changes) {
    if (!isWrite(change)) continue
    assertNotStopped(site.signal, change)
    await site.lock.assertHeld()
    await applyChange(site, change)
  }
}

/** Creates objects that are not there yet; what exists is left as it is. */
export async function createMissing(site: Site, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) {
    if ((await site.cluster.get(refOf(object), site.signal)) !== undefined) continue
    await site.lock.assertHeld()
    await applyChange(site, { op: 'create', object, live: undefined })
  }
}

/** Says how far a run came that a signal stopped. */
function assertNotStopped(signal: AbortSignal, { op, object }: Change): void {
  const reason: unknown = signal.reason
  if (!signal.aborted || !(reason instanceof PkgError)) return
  const message = `${reason.message} before ${op} of ${describeObject(object)}`
  throw new PkgError(reason.code, message, { hint: reason.hint, cause: reason })
}

async function applyChange({ cluster }: Site, { op, object }: Change): Promise<void> {
  try {
    if (op === 'delete') await cluster.delete(refOf(object))
    else await cluster.apply(object)
  } catch (error) {
    if (!isSystemError(error)) throw error
    const label = describeObject(object)
    throw new PkgError('APPLY_FAILED', `${op} of ${label} failed: ${error.message}`, {
      hint: 'Solve the cause and run the same command again; it takes up what is left to do.',
      cause: error,
    })
  }
}
