import { PkgError } from '../base/errors.ts'
import { isLegacyManager, FIELD_MANAGER, unite } from '../cluster/field-managers.ts'
import { FieldConflictError } from '../cluster/field-conflict.ts'
import type { KubeObject } from '../manifest/object.ts'
import { ownerOf, type Owner } from '../manifest/ownership.ts'
import { claimOf } from '../plan/cleared.ts'
import { contentOf } from '../plan/content.ts'
import { differencesOf } from '../plan/field-owners.ts'
import { isDecidable, isFixed, isOrphaned } from '../plan/immutable.ts'
import { isSameJson } from '../plan/json-equal.ts'
import { leaving } from '../plan/leaving.ts'
import { leftStrategy, type LeftStrategy } from '../plan/left-strategy.ts'
import { isOwn, isSettled, managedEntries, type ManagedEntry } from '../plan/managed-fields.ts'
import type { Change, Conflict, Plan } from '../plan/plan.ts'
import { isScalers, yieldFields } from '../plan/yield.ts'
import { isAwaited, ownWebhooks, type OwnWebhooks } from './await-webhook.ts'
import { assertDefinitionsSafe } from './check-definitions.ts'
import { clearWay } from './clear-way.ts'
import { countCustomResources, keepUsedDefinitions } from './definitions.ts'
import { inParallel, PARALLEL } from './in-parallel.ts'
import { scalersFor } from './scalers.ts'
import type { View } from './site.ts'

export interface Refinement {
  owner: Owner
  takeOwnership: boolean
  /** Deletes CRDs with all their custom resources. */
  allowDataLoss: boolean
}

/**
 * Finds out what a plan would really do at an API server: which updates change nothing, which
 * fields belong to others, which objects can only be made anew. Nothing is written.
 *
 * What can be told from the managed fields costs no call; the rest is tried without effect. What
 * cannot be tried because a webhook of the plan cannot be asked is done as planned: the upgrade may
 * be what mends it.
 *
 * @throws PkgError CRD_UNSAFE, and what the target refuses of the trials
 */
export async function refinePlan(view: View, plan: Plan, choice: Refinement): Promise<Plan> {
  const scalers = await scalersFor(view, plan)
  const webhooks = ownWebhooks(plan.changes)
  const refined = await inParallel(plan.changes, PARALLEL, async (planned) => {
    const { change, notices: left } = leaving(planned) ?? { change: planned, notices: [] }
    if (change.op !== 'update') return { change, notices: left, conflicts: [] }
    const { object, notices } = yieldFields(change.object, {
      live: change.live,
      scalers,
      manager: FIELD_MANAGER,
    })
    return {
      ...(await refineUpdate({ ...view, webhooks }, { ...change, object }, choice)),
      notices: [...left, ...notices],
    }
  })
  const changes = refined.map(({ change }) => change)
  const untried = await assertDefinitionsSafe(view, changes)
  const customResources = await countCustomResources(view, changes)
  return {
    ...plan,
    changes: choice.allowDataLoss ? changes : keepUsedDefinitions(changes, customResources),
    conflicts: refined.flatMap(({ conflicts }) => conflicts),
    notices: [...(plan.notices ?? []), ...refined.flatMap(({ notices }) => notices), ...untried],
    customResources,
  }
}

/** Where an update is tried, and which webhooks may not answer there yet. */
interface Trial extends View {
  webhooks: OwnWebhooks
}

interface Refined {
  change: Change
  conflicts: Conflict[]
}

async function refineUpdate(trial: Trial, change: Change, choice: Refinement): Promise<Refined> {
  const { object, live } = change
  if (live === undefined) return { change, conflicts: [] }
  if (isSettled(object, live, FIELD_MANAGER)) {
    return { change: { ...change, op: 'unchanged' }, conflicts: [] }
  }
  const fixed = isFixed(object, live)
  if (fixed !== undefined)
    return { change: { ...change, op: 'recreate', reason: fixed }, conflicts: [] }
  // Without a difference the server tells whether it is one of who manages what, or none.
  const isPlain = isDecidable(object) && differencesOf(object, live).length > 0
  if (isPlain) return decide(change, localConflicts(object, live), choice)
  return tryOut(trial, change, choice)
}

/** Forces what may be taken: from an autoscaler that is gone, and from whom an object is adopted. */
function decide(change: Change, conflicts: readonly Conflict[], choice: Refinement): Refined {
  const { live } = change
  if (conflicts.length === 0 || live === undefined) return { change, conflicts: [] }
  const owner = ownerOf(live)
  const isOurs = owner?.name === choice.owner.name && owner.namespace === choice.owner.namespace
  const isAdopted = choice.takeOwnership && !isOurs
  const left = isAdopted ? [] : conflicts.filter(({ field }) => !isLeftBehind(live, field))
  return { change: { ...change, force: true }, conflicts: [...left] }
}

function isLeftBehind(live: KubeObject, field: string): boolean {
  if (field !== '.spec.replicas') return false
  const others = managedEntries(live).filter((entry) => {
    const spec = entry.fields['f:spec']
    return typeof spec === 'object' && spec !== null && 'f:replicas' in spec && !isOurs(entry)
  })
  return others.every(isScalers)
}

/** Whoever writes a status keeps it: applying an object never reaches it. */
function localConflicts(object: KubeObject, live: KubeObject): Conflict[] {
  return differencesOf(object, live).flatMap(({ path, owners }) =>
    owners
      .filter((entry) => !isOurs(entry) && entry.subresource !== 'status')
      .map(({ manager }) => ({ object, field: path, manager })),
  )
}

/** What we have applied, and what Helm and kubectl wrote for us before there was apply. */
function isOurs(entry: ManagedEntry): boolean {
  return isOwn(entry, FIELD_MANAGER) || isLegacyManager(entry)
}

/** Managers of before are moved first when it is done; a trial can only pass over them. */
async function tryOut(trial: Trial, planned: Change, choice: Refinement): Promise<Refined> {
  const { object, live } = planned
  if (live === undefined) return { change: planned, conflicts: [] }
  const left = leftStrategy(object, live, isOurs)
  const change = left === undefined ? planned : { ...planned, claimed: left.claimed }
  const isMoved = managedEntries(live).some((entry) => isLegacyManager(entry))
  const { webhooks } = trial
  try {
    const after = await preview(trial, { object, left, force: isMoved })
    const conflicts = isMoved ? localConflicts(object, live) : []
    return decide(settle({ ...change, after }, live, isMoved), conflicts, choice)
  } catch (error) {
    if (error instanceof FieldConflictError) {
      const conflicts = error.conflicts.map((each) => ({ ...each, object }))
      const { change: done, conflicts: more } = await forced(trial, change, left)
      return decide(done, [...conflicts, ...more], choice)
    }
    if (isAwaited(error, webhooks)) return decide(change, localConflicts(object, live), choice)
    const cleared = await refused(trial, change, error)
    const known = isMoved ? localConflicts(object, live) : []
    return decide(cleared.change, [...known, ...cleared.conflicts], choice)
  }
}

async function forced(
  trial: Trial,
  change: Change,
  left: LeftStrategy | undefined,
): Promise<Refined> {
  try {
    const after = await preview(trial, { object: change.object, left, force: true })
    return { change: { ...change, after }, conflicts: [] }
  } catch (error) {
    if (isAwaited(error, trial.webhooks)) return { change, conflicts: [] }
    return refused(trial, change, error)
  }
}

/** It may fit without what others have added; else it is made anew, or cannot be done. */
async function refused(trial: Trial, change: Change, error: unknown): Promise<Refined> {
  const { object, live } = change
  if (live === undefined || !(error instanceof PkgError) || error.code !== 'OBJECT_INVALID') {
    return { change: recreation(change, error), conflicts: [] }
  }
  const cleared = await clearWay(trial, object, live)
  if (cleared === undefined) throw error
  const foreign = cleared.fields.filter(({ owner }) => !isOurs(owner))
  const told = new Map(
    foreign.map(({ path, owner }) => [`${path} ${owner.manager}`, { path, owner }]),
  )
  const conflicts = [...told.values()].map(({ path, owner }) => {
    return { object, field: path, manager: owner.manager, isInTheWay: true }
  })
  const claimed = unite(change.claimed ?? {}, claimOf(cleared.fields))
  return { change: { ...change, after: cleared.after, claimed }, conflicts }
}

/** What the target would hold; what is left of a strategy can only go once it is ours. */
async function preview(
  { cluster, signal }: Trial,
  { object, left, force }: { object: KubeObject; left: LeftStrategy | undefined; force: boolean },
): Promise<KubeObject> {
  if (left === undefined) return cluster.preview(object, { force, signal })
  return left.switched(await cluster.preview(left.tried, { force, signal }))
}

/** Deleted and made anew, unless the trial failed for another reason. */
function recreation(change: Change, error: unknown): Change {
  if (!(error instanceof PkgError) || error.code !== 'FIELD_IMMUTABLE') throw error
  const reason = error.details[0] ?? error.message
  const isOrphaning = isOrphaned(change.object)
  return { ...change, op: 'recreate', reason, ...(isOrphaning && { isOrphaning }) }
}

/** Also who manages what must stay the same, else later removals of fields would be lost. */
function settle(change: Change, live: KubeObject, isMoved: boolean): Change {
  const { after } = change
  if (after === undefined || isMoved || !isSameJson(contentOf(live), contentOf(after)))
    return change
  return isSameJson(ownFields(live), ownFields(after)) ? { ...change, op: 'unchanged' } : change
}

function ownFields(object: KubeObject) {
  return managedEntries(object).find((entry) => isOwn(entry, FIELD_MANAGER))?.fields
}
