import { PkgError } from '../base/errors.ts'
import { buildPlan } from '../plan/build-plan.ts'
import type { Plan, Sequence } from '../plan/plan.ts'
import { currentRevision, lastRevision } from '../release/history.ts'
import type { Release } from '../release/release.ts'
import { timestamp } from '../release/timestamp.ts'
import { applyPlan } from './apply-plan.ts'
import { aroundWrites, type RecordHooks } from './around.ts'
import { afterFailure } from './clean-up.ts'
import { isRefusal } from './refusal.ts'
import { isCancelledBefore, supersede } from './settle.ts'
import type { Site, View } from './site.ts'
import { sequenceOfRelease } from './chart-order.ts'
import { liveObjects } from './read-live.ts'
import { refinePlan } from './refine-plan.ts'
import { tellNotices } from './tell-notices.ts'
import { openManifests, writtenObjects, type ReadManifest, type Written } from './target-objects.ts'

export interface Retirement {
  /** Every revision, oldest first; at least one. */
  history: readonly Release[]
  keepHistory: boolean
  description: string
  /** Deletes CRDs of the release with all custom resources that live of them. */
  deleteCrds?: boolean
}

/**
 * Takes a release from the target: its objects go, then its records, the newest last, so
 * that a run that is cut off leaves the one that says `uninstalling`. What another release has
 * adopted stays, and is told.
 *
 * @throws PkgError APPLY_FAILED, LOCK_LOST
 */
export async function retire(
  site: Site,
  last: Release,
  { history, keepHistory, description, deleteCrds = false }: Retirement,
): Promise<{ release: Release; plan: Plan }> {
  const plan = await planRetirement(site, history, { deleteCrds })
  tellNotices(site, plan)
  const { lock, storage } = site
  const { cancelled: _cancelled, ...before } = last
  if (last.run !== undefined && isCancelledBefore(last, lock.holder)) await lock.takeUp(last.run)
  let uninstalling: Release = {
    ...before,
    status: 'uninstalling',
    deleted: last.deleted === '' ? timestamp(site.now()) : last.deleted,
    description: 'Deletion in progress (or silently failed)',
    run: lock.holder.run,
  }
  await lock.assertHeld()
  await storage.update(uninstalling)
  const recordHooks: RecordHooks = async (hooks) => {
    uninstalling = { ...uninstalling, hooks }
    await lock.assertStillOurs()
    await storage.update(uninstalling)
  }
  const around = aroundWrites(site, 'delete')
  let failure: PkgError | undefined
  try {
    await around.before(uninstalling, recordHooks)
    await applyPlan(site, plan)
    failure = await failureOf(site, () => around.after(uninstalling, plan, recordHooks))
  } catch (error) {
    await recordCancelled(site, uninstalling, error)
    throw error
  }

  const release: Release = { ...uninstalling, status: 'uninstalled', description }
  await lock.assertStillOurs()
  if (keepHistory) {
    for (const each of history) {
      if (each !== last && each.status === 'deployed') await supersede(site, each)
    }
    await storage.update(release)
  } else {
    await purge(site, history)
  }
  await storage.deleteJournal(release)
  if (failure !== undefined) {
    throw afterFailure(failure, `uninstallation completed with 1 error(s): ${failure.message}`)
  }
  return { release, plan }
}

/** Tells the same command, run again, that a signal ended this one: its hooks are not run twice. */
async function recordCancelled(
  { signal, lock, storage, onNotice }: Site,
  uninstalling: Release,
  error: unknown,
): Promise<void> {
  if (!signal.aborted || (error instanceof PkgError && error.code === 'LOCK_LOST')) return
  const { verb, request } = lock.holder
  try {
    await storage.update({ ...uninstalling, cancelled: { verb, request } })
  } catch (second) {
    if (!isRefusal(second)) throw second
    onNotice(`that the uninstallation was cancelled is not recorded: ${second.message}`)
  }
}

/**
 * What a hook failed for once the objects are gone. That is no reason to keep the records of a
 * release that is no more.
 *
 * Source: Helm 4.1.4 pkg/action/uninstall.go.
 */
async function failureOf(
  { signal }: Site,
  run: () => Promise<void>,
): Promise<PkgError | undefined> {
  try {
    await run()
    return undefined
  } catch (error) {
    const isHook = error instanceof PkgError && error.code === 'HOOK_FAILED'
    if (!isHook || signal.aborted) throw error
    return error
  }
}

/** Plans the removal of all that any revision of the history may have written. */
export async function planRetirement(
  view: View,
  history: readonly Release[],
  { deleteCrds = false }: { deleteCrds?: boolean } = {},
): Promise<Plan> {
  const last = lastRevision(history)
  if (last === undefined) return { changes: [] }
  const read = openManifests()
  const written = await writtenObjects(view, last, { history }, read)
  const live = await liveObjects(view, [...written.previous, ...written.attempted])
  const plan = buildPlan({ desired: [], ...written, live, owner: last })
  if (!view.cluster.runsHooks) return plan
  const sequence = await sequenceIn(view, history, { previous: written.previous, read })
  const choice = { owner: last, takeOwnership: false, allowDataLoss: deleteCrds }
  return refinePlan(view, { ...plan, ...(sequence !== undefined && { sequence }) }, choice)
}

/**
 * The order that the charts asked for. A run that was cut off has left no revision that is
 * deployed, and the order of the last one holds.
 */
async function sequenceIn(
  view: View,
  history: readonly Release[],
  { previous, read }: Pick<Written, 'previous'> & { read: ReadManifest },
): Promise<Sequence | undefined> {
  // What cannot be had was told when the charts were applied.
  const quietly = (): void => undefined
  const current = currentRevision(history)
  if (current !== undefined) {
    return sequenceOfRelease(current, { placed: previous, sources: read(current) }, quietly)
  }
  const last = lastRevision(history)
  if (last === undefined) return undefined
  const before = await writtenObjects(
    view,
    last,
    { history: [{ ...last, status: 'deployed' }] },
    read,
  )
  return sequenceOfRelease(last, { placed: before.previous, sources: read(last) }, quietly)
}

/** Removes every record of a release, the oldest first. */
export async function purge(site: Site, history: readonly Release[]): Promise<void> {
  for (const each of history.toSorted((left, right) => left.revision - right.revision)) {
    await site.lock.assertStillOurs()
    await site.storage.delete(each, each.revision)
  }
}
