import { PkgError } from '../base/errors.ts'
import type { KubeObject } from '../manifest/object.ts'
import { assertAllowed, type Allowance } from '../plan/allow.ts'
import { isWrite, type Plan } from '../plan/plan.ts'
import { lastRevision, revisionsToDrop } from '../release/history.ts'
import type { Release } from '../release/release.ts'
import { isSameContent, isSameSource } from '../release/same-content.ts'
import { applyPlan, createMissing } from './apply-plan.ts'
import { aroundWrites, verbOf, type RecordHooks } from './around.ts'
import { assertNamespacesThere } from './check-namespaces.ts'
import { cleanUp, type FailedRun } from './clean-up.ts'
import { planDefinitions, type CrdMode } from './crds.ts'
import { extendJournal } from './journal.ts'
import { planObjects } from './plan-objects.ts'
import { isRefusal } from './refusal.ts'
import { resumeHooks } from './run-hooks.ts'
import { supersede, type Settled } from './settle.ts'
import type { Site, View } from './site.ts'
import { tellNotices } from './tell-notices.ts'

export interface Deployment {
  /** The revision to get to; its status is pending. */
  release: Release
  /** What came before it. */
  before: Pick<Settled, 'history' | 'abandoned'>
  takeOwnership?: boolean
  /** What the plan may do; by default nothing that takes fields, data or running pods away. */
  allowance?: Allowance
  /** CRDs of crds/ folders, which no release owns, and what to do with them. */
  crds?: { objects: readonly KubeObject[]; mode: CrdMode } | undefined
  /** Refuses a plan that is not the one that was approved; called before anything is written. */
  approve?: ((plan: Plan) => void) | undefined
  /** Writes hooks too, where the target does not run them. */
  withHooks?: boolean
  /** Objects that must be there first and that no release owns: the namespace. */
  prerequisites?: readonly KubeObject[]
  /** How many revisions to keep; 0 keeps all. */
  historyMax?: number
  /** Description of the deployed revision. */
  description: string
  /** Description of a failed one, to which the reason is added. */
  failure: string
  /** Writes nothing, not even a revision, when nothing would change. */
  skipUnchanged?: boolean
  /** Names the verb whose newly created objects go again when it fails: `upgrade`. */
  cleanUpAs?: string | undefined
  /** Undoes a run that failed, and throws; not called for a run that is to stop at once. */
  undo?: ((failed: FailedRun) => Promise<never>) | undefined
}

export interface Deployed {
  /** As it is recorded now; the deployed one from before when nothing changed. */
  release: Release
  plan: Plan
  /** Whether a new revision was recorded. */
  isRecorded: boolean
}

/**
 * Takes the target from one release to the next and records it.
 *
 * Order: the record as pending; namespace and CRDs; hooks before; the plan's writes; waits and
 * hooks after; the record as deployed; the one before as superseded. So at no moment is there no
 * deployed revision, once there was one.
 *
 * @throws PkgError before anything is written OBJECT_NOT_OWNED, NAMESPACE_MISSING, CRD_UNSAFE and
 *   what is not allowed; APPLY_FAILED, RECORD_NOT_WRITTEN, LOCK_LOST, INTERRUPTED
 */
export async function deploy(site: Site, deployment: Deployment): Promise<Deployed> {
  const { release: wanted, before } = deployment
  const crds = await planDefinitions(site, deployment.crds)
  const plan = await planDeployment(site, deployment)
  tellNotices(site, crds, plan)
  deployment.approve?.({ ...plan, changes: [...crds.changes, ...plan.changes] })
  assertAllowed(plan, deployment.allowance ?? {})
  assertAllowed(crds, deployment.allowance ?? {})
  if (site.cluster.runsHooks) {
    const { prerequisites = [] } = deployment
    await assertNamespacesThere(site, { release: wanted, changes: plan.changes, prerequisites })
  }
  const around = aroundWrites(site, verbOf(wanted))
  const isSame = !crds.changes.some(isWrite)
  const unchanged = isSame ? unchangedRelease(deployment, plan) : undefined
  if (unchanged !== undefined) {
    await conclude(site, before.history, deployment.historyMax)
    await around.settle(plan)
    return { release: unchanged, plan, isRecorded: false }
  }

  await takeUpCancelled(site, wanted, before.abandoned)
  const { run } = site.lock.holder
  const hooks = resumeHooks(wanted.hooks, before.abandoned?.hooks ?? [], run)
  let release: Release = { ...wanted, hooks, run }
  const recordHooks: RecordHooks = async (ran) => {
    release = { ...release, hooks: ran }
    await site.lock.assertStillOurs()
    await site.storage.update(release)
  }
  await recordPending(site, release, before.abandoned)
  try {
    await createMissing(site, deployment.prerequisites ?? [])
    await applyPlan(site, crds)
    await around.before(release, recordHooks)
    await applyPlan(site, plan)
    await around.after(release, plan, recordHooks)
  } catch (error) {
    const failed = await recordFailure(site, deployment, { release, plan, error })
    if (failed !== undefined) await undoFailure(site, deployment, failed)
    throw error
  }
  const deployed = await recordDeployed(site, release, deployment.description)
  await conclude(site, [...before.history, deployed], deployment.historyMax)
  return { release: deployed, plan, isRecorded: true }
}

/** With another chart or other values it is another piece of work, and its hooks run anew. */
async function takeUpCancelled(
  { lock }: Site,
  wanted: Release,
  abandoned: Release | undefined,
): Promise<void> {
  if (abandoned?.run === undefined || abandoned.cancelled === undefined) return
  if (isSameSource(abandoned, wanted)) await lock.takeUp(abandoned.run)
}

/**
 * Does what is left to do once the newest revision is recorded as deployed: the one before
 * is superseded, the oldest ones go, the journal is closed. Repeated after a crash.
 */
export async function conclude(
  site: Site,
  history: readonly Release[],
  historyMax: number | undefined,
): Promise<void> {
  const last = lastRevision(history)
  if (last === undefined) return
  await supersedeOthers(site, history)
  await dropOldest(site, history, historyMax)
  await site.storage.deleteJournal(last)
}

/**
 * Plans a deployment without touching anything.
 *
 * @throws PkgError MANIFEST_INVALID, OBJECT_NOT_OWNED, SEQUENCE_CYCLE, CRD_UNSAFE
 */
export async function planDeployment(
  view: View,
  deployment: Pick<
    Deployment,
    'release' | 'before' | 'takeOwnership' | 'withHooks' | 'allowance' | 'crds'
  >,
): Promise<Plan> {
  const { release, before, takeOwnership = false, withHooks = false, allowance = {} } = deployment
  return planObjects(view, {
    release,
    before,
    withHooks,
    takeOwnership,
    allowDataLoss: allowance.allowDataLoss === true,
  })
}

/**
 * Looks whether there is nothing to do at all, for which no lock has to be taken: the last
 * revision is deployed and the same, the target holds what it should, and no older record is
 * left to tidy up.
 *
 * @throws PkgError as `planDeployment`
 */
export async function findUnchanged(
  view: View,
  deployment: Deployment,
): Promise<Deployed | undefined> {
  const { history } = deployment.before
  const isTidy =
    history.filter(({ status }) => status === 'deployed').length === 1 &&
    revisionsToDrop(history, deployment.historyMax ?? 0).length === 0
  const last = unchangedRelease(deployment, { changes: [] })
  if (!isTidy || last === undefined) return undefined
  // A run that was cut off at its very end has left what only the lock's holder may remove.
  if ((await view.storage.readJournal(last)) !== undefined) return undefined
  const crds = await planDefinitions(view, deployment.crds)
  const plan = await planDeployment(view, deployment)
  if ([...crds.changes, ...plan.changes].some(isWrite)) return undefined
  tellNotices(view, crds, plan)
  return { release: last, plan, isRecorded: false }
}

/** The deployed revision, when it is the last one and this one would be the same. */
function unchangedRelease(
  { release, before, skipUnchanged = false }: Deployment,
  plan: Plan,
): Release | undefined {
  const last = lastRevision(before.history)
  if (!skipUnchanged || before.abandoned !== undefined || last?.status !== 'deployed')
    return undefined
  return plan.changes.some(isWrite) || !isSameContent(last, release) ? undefined : last
}

async function recordPending(
  { lock, storage }: Site,
  release: Release,
  abandoned: Release | undefined,
): Promise<void> {
  await lock.assertHeld()
  if (abandoned === undefined) return storage.create(release)
  await extendJournal(storage, abandoned)
  return storage.update(release)
}

async function recordDeployed(
  { lock, storage }: Site,
  release: Release,
  description: string,
): Promise<Release> {
  const deployed: Release = { ...release, status: 'deployed', description }
  await lock.assertStillOurs()
  try {
    await storage.update(deployed)
  } catch (error) {
    if (!isRefusal(error)) throw error
    const message = `the objects are applied, but revision ${release.revision} of release "${release.name}" is not recorded as deployed`
    throw new PkgError('RECORD_NOT_WRITTEN', message, {
      hint: 'Solve the cause and run the same command again; only the record is left to write.',
      cause: error,
    })
  }
  return deployed
}

/** A stray is repaired by the next run too, so it is no reason to fail. */
async function supersedeOthers(site: Site, history: readonly Release[]): Promise<void> {
  const last = lastRevision(history)
  const isReplaced = site.lock.holder.verb === 'install'
  for (const release of history) {
    const { status } = release
    const isPast = status === 'deployed' || (isReplaced && status === 'uninstalled')
    if (release === last || !isPast) continue
    try {
      await supersede(site, withReason(release))
    } catch (error) {
      if (!isRefusal(error)) throw error
      site.onNotice(`revision ${release.revision} is not recorded as superseded: ${error.message}`)
    }
  }
}

/** Source: Helm 4.1.4 pkg/action/install.go, replaceRelease. */
function withReason(release: Release): Release {
  if (release.status === 'deployed') return release
  return { ...release, description: 'superseded by new release' }
}

async function dropOldest(site: Site, history: readonly Release[], max = 0): Promise<void> {
  for (const release of revisionsToDrop(history, max)) {
    await site.lock.assertStillOurs()
    await site.storage.delete(release, release.revision)
  }
}

/** Nothing is recorded by a run that no longer may write; undefined then. */
async function recordFailure(
  { storage, onNotice, lock, signal }: Site,
  { failure }: Deployment,
  { release, plan, error }: { release: Release; plan: Plan; error: unknown },
): Promise<FailedRun | undefined> {
  if (!(error instanceof PkgError) || error.code === 'LOCK_LOST') return undefined
  const description = `${failure}: ${error.message}`
  const { verb, request } = lock.holder
  const cancelled = signal.aborted ? { cancelled: { verb, request } } : {}
  const failed: Release = { ...release, status: 'failed', description, ...cancelled }
  try {
    await storage.update(failed)
  } catch (second) {
    if (!isRefusal(second)) throw second
    onNotice(`revision ${release.revision} is not recorded as failed: ${second.message}`)
  }
  return { release: failed, plan, error }
}

/** After a signal nothing more is written: the next run settles what this one began. */
async function undoFailure(
  site: Site,
  { cleanUpAs, undo }: Deployment,
  failed: FailedRun,
): Promise<void> {
  if (site.signal.aborted) return
  if (cleanUpAs !== undefined) await cleanUp(site, cleanUpAs, failed)
  await undo?.(failed)
}
