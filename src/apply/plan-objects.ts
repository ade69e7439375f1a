import { FIELD_MANAGER } from '../cluster/field-managers.ts'
import { buildPlan } from '../plan/build-plan.ts'
import { isSettled } from '../plan/managed-fields.ts'
import type { Plan } from '../plan/plan.ts'
import { withoutSequence } from '../plan/sequence.ts'
import type { Release } from '../release/release.ts'
import { sequenceOfRelease } from './chart-order.ts'
import { liveObjects } from './read-live.ts'
import { refinePlan } from './refine-plan.ts'
import type { Settled } from './settle.ts'
import type { View } from './site.ts'
import { desiredObjects, openManifests, writtenObjects } from './target-objects.ts'

export interface ObjectsToPlan {
  release: Release
  before: Pick<Settled, 'history' | 'abandoned'>
  takeOwnership: boolean
  withHooks: boolean
  allowDataLoss: boolean
}

/**
 * Plans how the target gets from the objects of earlier revisions to those of a release.
 *
 * @throws PkgError MANIFEST_INVALID, OBJECT_NOT_OWNED, SEQUENCE_CYCLE, CRD_UNSAFE
 */
export async function planObjects(view: View, wanted: ObjectsToPlan): Promise<Plan> {
  const { release, before, takeOwnership, withHooks, allowDataLoss } = wanted
  const read = openManifests()
  const placed = await desiredObjects(view, release, { withHooks }, read)
  const desired = placed.map(withoutSequence)
  const written = await writtenObjects(view, release, before, read)
  const live = await liveObjects(view, [...desired, ...written.previous, ...written.attempted])
  const plan = { desired, ...written, live, owner: release, takeOwnership }
  if (!view.cluster.runsHooks) return replacing(buildPlan(plan))

  const sequence = sequenceOfRelease(release, { placed, sources: read(release) }, view.onNotice)
  const built = buildPlan({
    ...plan,
    isUnchanged: (object, there) => isSettled(object, there, FIELD_MANAGER),
  })
  return refinePlan(
    view,
    { ...built, ...(sequence !== undefined && { sequence }) },
    {
      owner: release,
      takeOwnership,
      allowDataLoss,
    },
  )
}

/** A directory holds afterwards what is written, and nothing else of what was there. */
function replacing(plan: Plan): Plan {
  return {
    ...plan,
    changes: plan.changes.map((change) =>
      change.op === 'update' ? { ...change, after: change.object } : change,
    ),
  }
}
