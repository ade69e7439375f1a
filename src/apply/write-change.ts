import { PkgError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { refOf, uidOf } from '../cluster/cluster.ts'
import { movedFields } from '../cluster/field-managers.ts'
import type { KubeObject } from '../manifest/object.ts'
import type { Change } from '../plan/plan.ts'
import { awaitGone } from './await-wave.ts'
import type { Site } from './site.ts'

/**
 * Makes one change at the target.
 *
 * @throws PkgError what the target refuses; WAIT_TIMED_OUT when an object that is made anew
 *   does not go
 */
export async function writeChange(site: Site, change: Change): Promise<void> {
  const { cluster, signal, cascade } = site
  const { op, object, live } = change
  switch (op) {
    case 'unchanged':
    case 'keep':
      return
    case 'delete':
      await cluster.delete(refOf(object), { uid: uidOf(live), cascade, signal })
      return
    case 'recreate':
      await remove(site, change)
      await cluster.apply(object, { force: true, signal })
      return
    case 'create':
    case 'update':
      if (live !== undefined && cluster.runsHooks) await moveFields(site, live, change.claimed)
      await applyToPlanned(site, change)
  }
}

/**
 * What somebody has deleted since it was planned comes back; what somebody has also made anew is
 * another object, which the plan knows nothing of.
 */
async function applyToPlanned({ cluster, signal }: Site, change: Change): Promise<void> {
  const { object, live, force = false } = change
  try {
    await cluster.apply(object, { force, uid: uidOf(live), signal })
  } catch (error) {
    if (!(error instanceof PkgError) || error.code !== 'OBJECT_CHANGED') throw error
    if ((await cluster.get(refOf(object), signal)) !== undefined) throw error
    await cluster.apply(object, { force, signal })
  }
}

/**
 * What Helm and kubectl once wrote without apply would keep fields that are dropped now, and so
 * would what the server has filled in.
 */
async function moveFields(
  { cluster, signal }: Site,
  live: KubeObject,
  claimed: JsonObject | undefined,
): Promise<void> {
  const patch = movedFields(live, claimed)
  if (patch !== undefined) await cluster.patch(refOf(live), patch, { type: 'json', signal })
}

async function remove(
  site: Site,
  { object, live, isOrphaning = false, isLeaving = false }: Change,
): Promise<void> {
  const { cluster, signal } = site
  const cascade = isOrphaning ? 'orphan' : 'background'
  if (!isLeaving) await cluster.delete(refOf(object), { uid: uidOf(live), cascade, signal })
  await awaitGone(site, [live ?? object])
}
