import { PkgError } from '../base/errors.ts'
import { describeObject } from '../manifest/object.ts'
import { impactOf, isAbove, type Impact } from './impact.ts'
import type { Change, Plan } from './plan.ts'

/** What a person lets a plan do. */
export interface Allowance {
  /** Takes fields over from other managers. */
  forceConflicts?: boolean | undefined
  /** Objects that may be deleted and made anew: `all`, or kinds and `Kind/name`s. */
  recreate?: 'all' | readonly string[] | undefined
  /** Data may be lost with what is deleted or made anew. */
  allowDataLoss?: boolean | undefined
  /** The most that any change may do to what runs. */
  maxImpact?: Impact | undefined
}

/**
 * Refuses a plan that does more than is allowed, before anything of it is done.
 *
 * @throws PkgError FIELD_CONFLICT, FIELD_IMMUTABLE, DATA_LOSS, IMPACT_TOO_HIGH; each names all
 *   that stands in the way
 */
export function assertAllowed(plan: Plan, allowance: Allowance): void {
  assertNoConflicts(plan, allowance)
  assertNoRecreation(plan, allowance)
  assertNoLoss(plan, allowance)
  assertImpact(plan, allowance)
}

function assertNoConflicts({ conflicts = [] }: Plan, { forceConflicts = false }: Allowance): void {
  const [first] = conflicts
  if (first === undefined || forceConflicts) return
  const lines = conflicts.map(
    ({ object, field, manager, isInTheWay = false }) =>
      `${describeObject(object)} ${field} ${isInTheWay ? 'was added' : 'is managed'} by "${manager}"`,
  )
  if (conflicts.every(({ isInTheWay }) => isInTheWay)) {
    throw new PkgError('FIELD_CONFLICT', 'what somebody else has added does not fit the chart', {
      details: lines,
      hint: 'Have it taken away with --force-conflicts; or bring it into the chart or its values.',
    })
  }
  const count = lines.length === 1 ? 'a field' : `${lines.length} fields`
  throw new PkgError('FIELD_CONFLICT', `the chart sets ${count} that somebody else manages`, {
    details: lines,
    hint:
      'Take them over with --force-conflicts; or leave them to their managers by taking them out of ' +
      'the chart or its values; or, for objects that this release does not own yet, adopt them ' +
      'with --take-ownership.',
  })
}

function assertNoRecreation({ changes }: Plan, { recreate = [] }: Allowance): void {
  const refused = changes.filter(
    (change) =>
      change.op === 'recreate' && change.isLeaving !== true && !isListed(change, recreate),
  )
  if (refused.length === 0) return
  const lines = refused.map(({ object, reason = '' }) => `${describeObject(object)}: ${reason}`)
  const which = lines.length === 1 ? 'an object' : `${lines.length} objects`
  throw new PkgError('FIELD_IMMUTABLE', `${which} can only be deleted and made anew`, {
    details: lines,
    hint: 'Add --recreate to have them made anew, or change the chart or its values back.',
  })
}

function isListed({ object }: Change, recreate: 'all' | readonly string[]): boolean {
  if (recreate === 'all') return true
  const label = describeObject(object).toLowerCase()
  return recreate.some((each) => {
    const wanted = each.toLowerCase()
    const kind = object.kind.toLowerCase()
    return wanted === label || wanted === kind || wanted === `${kind}s`
  })
}

function assertNoLoss(plan: Plan, { allowDataLoss = false }: Allowance): void {
  if (allowDataLoss) return
  const lines = plan.changes.flatMap((change) => {
    const { impact, reason } = impactOf(change, plan)
    return impact === 'data-loss'
      ? [`${change.op} ${describeObject(change.object)}: ${reason}`]
      : []
  })
  if (lines.length === 0) return
  throw new PkgError('DATA_LOSS', 'the plan would lose data', {
    details: lines,
    hint: 'Add --allow-data-loss to go on, or keep the objects with the annotation helm.sh/resource-policy: keep.',
  })
}

/**
 * Refuses a plan that does more to what runs than is allowed.
 *
 * @throws PkgError IMPACT_TOO_HIGH that names every change that does
 */
export function assertImpact(plan: Plan, { maxImpact }: Allowance): void {
  if (maxImpact === undefined) return
  const lines = plan.changes.flatMap((change) => {
    const { impact, reason } = impactOf(change, plan)
    if (!isAbove(impact, maxImpact)) return []
    return [`${change.op} ${describeObject(change.object)} is ${impact}: ${reason}`]
  })
  if (lines.length === 0) return
  throw new PkgError('IMPACT_TOO_HIGH', `the plan does more than ${maxImpact}`, {
    details: lines,
    hint: 'Allow more with --max-impact, or make the change in smaller steps.',
  })
}
