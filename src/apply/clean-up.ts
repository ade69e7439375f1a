import { PkgError } from '../base/errors.ts'
import { refOf } from '../cluster/cluster.ts'
import { byUninstallOrder } from '../manifest/kind-order.ts'
import { ownerOf } from '../manifest/ownership.ts'
import type { Change, Plan } from '../plan/plan.ts'
import type { Release } from '../release/release.ts'
import { applyPlan } from './apply-plan.ts'
import type { Site } from './site.ts'

/** A run whose objects could not all be applied, and that is recorded as failed. */
export interface FailedRun {
  /** As it is recorded: `failed`. */
  release: Release
  plan: Plan
  error: PkgError
}

/**
 * Removes the objects that a failed run created and that were not there before it.
 *
 * @param verb what failed, for the message: `upgrade`
 * @throws PkgError with the code of the first failure when one of them cannot be removed
 *
 * Source: Helm 4.1.4 pkg/action/upgrade.go, failRelease.
 */
export async function cleanUp(site: Site, verb: string, failed: FailedRun): Promise<void> {
  try {
    await applyPlan(site, { changes: await removalsOf(site, failed) })
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    const text = `an error occurred while cleaning up resources. original ${verb} error`
    throw afterFailure(failed.error, `${text}: ${failed.error.message}: ${error.message}`)
  }
}

/** The failure of a run with a message that also says what came of undoing it. */
export function afterFailure(error: PkgError, message: string): PkgError {
  const { code, hint, span, details } = error
  return new PkgError(code, message, { hint, span, details, cause: error })
}

/** What somebody else put in place of an object in the meantime stays. */
async function removalsOf(site: Site, { release, plan }: FailedRun): Promise<Change[]> {
  const created = plan.changes
    .filter(({ op }) => op === 'create')
    .toSorted((left, right) => byUninstallOrder(left.object.kind, right.object.kind))
  const removals: Change[] = []
  for (const { object } of created) {
    const live = await site.cluster.get(refOf(object), site.signal)
    if (live === undefined) continue
    const owner = ownerOf(live)
    if (owner?.name !== release.name || owner.namespace !== release.namespace) continue
    removals.push({ op: 'delete', object: live, live })
  }
  return removals
}
