import type { FailedRun } from '../apply/clean-up.ts'
import { conclude, deploy, type Deployed } from '../apply/deploy.ts'
import { ensureNamespace } from '../apply/ensure-namespace.ts'
import { leaveBehind } from '../apply/follow-up.ts'
import type { Site } from '../apply/site.ts'
import { namespaceObject } from '../apply/target-objects.ts'
import { PkgError, type ErrorCode } from '../base/errors.ts'
import { decodeDocument } from '../manifest/decode-objects.ts'
import {
  asPlanDocument,
  digestOf,
  differencesFromApproved,
  type PlanDocument,
} from '../plan/plan-document.ts'
import type { Plan } from '../plan/plan.ts'
import { decodeRelease } from '../release/codec.ts'
import { nextRevision } from '../release/history.ts'
import type { Release } from '../release/release.ts'
import { isSameContent } from '../release/same-content.ts'
import { timestamp } from '../release/timestamp.ts'
import type { Connections } from './connections.ts'
import { filledOr } from './install.ts'
import { locked } from './locked.ts'
import { reporting } from './target-errors.ts'
import { undoInstall, undoUpgrade } from './undo.ts'

/**
 * Reads the text of a plan's file, JSON or YAML.
 *
 * @param file how errors call it
 * @throws PkgError YAML_INVALID, PLAN_INVALID
 */
export function parsePlanFile(text: string, file: string): PlanDocument {
  return asPlanDocument(decodeDocument(text, { file, line: 1 }), file)
}

/**
 * Carries out a plan that was made before, and exactly that: when the release or an object
 * has moved since, nothing is written.
 *
 * Cut off, the same command goes on where it was.
 *
 * @throws PkgError PLAN_INVALID, PLAN_OUTDATED with every object that moved, and all that
 *   `deploy` throws
 */
export async function applyPlanFile(
  connections: Connections,
  document: PlanDocument,
  { rollbackOnFailure = false } = {},
): Promise<Deployed> {
  return reporting('', async () => {
    try {
      return await carryOut(connections, document, rollbackOnFailure)
    } catch (error) {
      throw asOfPlan(error)
    }
  })
}

async function carryOut(
  connections: Connections,
  document: PlanDocument,
  rollbackOnFailure: boolean,
): Promise<Deployed> {
  assertTarget(connections, document)
  const release = decodeRelease(document.record)
  const { name, namespace } = release
  if (document.options.createNamespace === true) await ensureNamespace(connections, namespace)
  const verb = {
    release: { name, namespace },
    verb: document.release.isInstall ? 'install' : 'upgrade',
    request: `plan ${digestOf([document.createdAt, document.record])}`,
  } as const
  return locked(connections, verb, async (site, settled) => {
    const { history, abandoned, finished } = settled
    if (finished !== undefined && isSameContent(finished, release)) {
      await conclude(site, history, document.options.historyMax)
      return { release: finished, plan: { changes: [] }, isRecorded: true }
    }
    const isResumed = abandoned !== undefined && isSameContent(abandoned, release)
    const stored = abandoned === undefined ? history : [...history, abandoned]
    const revision = isResumed ? abandoned.revision : nextRevision(stored)
    if (revision !== document.release.revision) throw revisionMoved(release, revision - 1)
    const before = isResumed ? settled : await leaveBehind(site, settled, verb.verb)
    return deploy(site, {
      ...deploymentOf(connections, release, document),
      before,
      ...(rollbackOnFailure && { undo: undoing(site, before.history, document) }),
      ...(!isResumed && { approve: (plan: Plan) => assertApproved(document, plan) }),
    })
  })
}

/** What a plan may do is said when it is made, by flags that errors name. */
const OF_PLANS: ReadonlySet<string> = new Set<ErrorCode>([
  'DATA_LOSS',
  'FIELD_CONFLICT',
  'FIELD_IMMUTABLE',
  'IMPACT_TOO_HIGH',
])

function asOfPlan(error: unknown): unknown {
  if (!(error instanceof PkgError) || !OF_PLANS.has(error.code)) return error
  const { code, message, hint = '', details } = error
  const told = `Make the plan anew with what it may do. ${hint}`
  return new PkgError(code, message, { hint: told.trim(), details, cause: error })
}

/** Undoes what the plan began, as install and upgrade do. */
function undoing(
  site: Site,
  history: readonly Release[],
  { release, options }: PlanDocument,
): (failed: FailedRun) => Promise<never> {
  const choice = {
    history,
    withHooks: options.withHooks === true,
    historyMax: options.historyMax ?? 0,
  }
  const undo = release.isInstall ? undoInstall : undoUpgrade
  return (failed) => undo(site, failed, choice)
}

function deploymentOf(connections: Connections, planned: Release, document: PlanDocument) {
  const { options } = document
  const { isInstall } = document.release
  const now = timestamp(connections.now())
  const release: Release = {
    ...planned,
    lastDeployed: now,
    firstDeployed: isInstall ? now : planned.firstDeployed,
    status: isInstall ? 'pending-install' : 'pending-upgrade',
  }
  return {
    release,
    takeOwnership: options.takeOwnership === true,
    withHooks: options.withHooks === true,
    allowance: options,
    crds: { objects: document.definitions, mode: options.crds ?? 'skip' },
    prerequisites: options.createNamespace === true ? [namespaceObject(release.namespace)] : [],
    historyMax: options.historyMax ?? 0,
    description: filledOr(options.description, isInstall ? 'Install complete' : 'Upgrade complete'),
    failure: isInstall ? `Release "${release.name}" failed` : `Upgrade "${release.name}" failed`,
    skipUnchanged: true,
  } as const
}

/** A directory may be named by another path. */
function assertTarget({ cluster }: Connections, { target }: PlanDocument): void {
  if (cluster.target === target || (target.startsWith('dir:') && !cluster.runsHooks)) return
  throw new PkgError('PLAN_INVALID', `the plan was made for ${target}, not for ${cluster.target}`, {
    hint: 'Choose the target that the plan was made for, or make a plan for this one.',
  })
}

function assertApproved(document: PlanDocument, plan: Plan): void {
  const moved = differencesFromApproved(document.changes, plan)
  if (moved.length > 0) throw outdated(moved)
}

function revisionMoved({ name, revision }: Release, actual: number): PkgError {
  return outdated([`release "${name}" is at revision ${actual}, not ${revision - 1}`])
}

function outdated(moved: readonly string[]): PkgError {
  return new PkgError('PLAN_OUTDATED', 'the approved plan no longer fits the target', {
    details: moved,
    hint: 'Make a new plan and look at it; nothing was written.',
  })
}
