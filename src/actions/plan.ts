import { planDefinitions } from '../apply/crds.ts'
import { planDeployment } from '../apply/deploy.ts'
import { crdsOf } from '../apply/target-objects.ts'
import type { Chart } from '../chart/chart.ts'
import { encodeJson } from '../encoding/json.ts'
import { sha256 } from '../base/digest.ts'
import { assertImpact, type Allowance } from '../plan/allow.ts'
import type { Mask } from '../plan/diff.ts'
import { impactOfPlan } from '../plan/impact.ts'
import type { Plan } from '../plan/plan.ts'
import {
  digestOf,
  plannedChanges,
  plannedConflicts,
  sealPlan,
  type PlanDocument,
  type PlanOptions,
} from '../plan/plan-document.ts'
import { encodeRelease } from '../release/codec.ts'
import { nextRevision } from '../release/history.ts'
import type { Release } from '../release/release.ts'
import type { Connections } from './connections.ts'
import { reporting } from './target-errors.ts'
import { upgrade, type UpgradeRequest } from './upgrade.ts'

/** A plan with what it was made of. */
export interface PlannedRelease {
  document: PlanDocument
  /** The revision that applying the plan makes. */
  release: Release
  plan: Plan
}

/**
 * Plans what `upgrade --install` with the same arguments would do. Writes nothing.
 *
 * @param mask hides what is secret in the fields that change
 * @throws PkgError all that `upgrade` throws before it writes; what is not allowed is planned
 */
export async function planRelease(
  connections: Connections,
  request: UpgradeRequest,
  mask: Mask,
): Promise<PlannedRelease> {
  return reporting('', async () => {
    const wanted = { ...request, install: true, dryRun: true, plansAll: true }
    const { release: rehearsed, plan: objects, isInstall } = await upgrade(connections, wanted)
    const history = await connections.storage.history(request.release)
    const release = { ...rehearsed, revision: nextRevision(history), description: '' }
    const before = { history, abandoned: undefined }
    // A first installation that failed has left objects, which a rehearsal does not look at.
    const isComplete = !isInstall || history.length === 0
    const planned = isComplete
      ? objects
      : await planDeployment(connections, {
          release,
          before,
          takeOwnership: request.takeOwnership === true,
          withHooks: request.withHooks === true,
          allowance: request.allowance ?? {},
        })
    const mode = request.crds ?? (isInstall ? 'create' : 'skip')
    const crds = await planDefinitions(connections, { objects: crdsOf(release), mode })
    const plan = joined(crds, planned)
    const options = { ...optionsOf(request), crds: mode }
    if (isInstall && request.createNamespace !== true) await tellNamespace(connections, release)
    const document = describe({ release, plan, isInstall }, { connections, options, mask })
    return { document, release, plan }
  })
}

/** A folder is made when it is first written to; a namespace is not. */
async function tellNamespace(
  { cluster, signal, onNotice }: Connections,
  { namespace }: Release,
): Promise<void> {
  const reason = cluster.runsHooks ? await cluster.whyEmpty?.(namespace, signal) : undefined
  if (reason !== undefined)
    onNotice(`warning: ${reason}; --create-namespace makes one that is missing`)
}

/**
 * Refuses a plan that does more than the gate lets through.
 *
 * @throws PkgError IMPACT_TOO_HIGH
 */
export function assertGate(plan: Plan, allowance: Allowance): void {
  assertImpact(plan, allowance)
}

/** The plan of crds/ folders and that of the release as one, as it is shown and approved. */
function joined(crds: Plan, plan: Plan): Plan {
  return {
    ...plan,
    changes: [...crds.changes, ...plan.changes],
    conflicts: [...(crds.conflicts ?? []), ...(plan.conflicts ?? [])],
    notices: [...(crds.notices ?? []), ...(plan.notices ?? [])],
    customResources: new Map([...(crds.customResources ?? []), ...(plan.customResources ?? [])]),
  }
}

/** What the person asked for and the plan's file has to remember. */
function optionsOf(request: UpgradeRequest): PlanOptions {
  const { takeOwnership, withHooks, createNamespace, historyMax, description } = request
  const { forceConflicts, recreate, allowDataLoss, maxImpact } = request.allowance ?? {}
  const given = {
    takeOwnership,
    withHooks,
    createNamespace,
    forceConflicts,
    recreate: typeof recreate === 'string' ? recreate : recreate && [...recreate],
    allowDataLoss,
    maxImpact,
    historyMax,
    description,
  }
  const set = Object.entries(given).filter(([, value]) => value !== undefined && value !== false)
  return Object.fromEntries(set)
}

function describe(
  { release, plan, isInstall }: { release: Release; plan: Plan; isInstall: boolean },
  { connections, options, mask }: { connections: Connections; options: PlanOptions; mask: Mask },
): PlanDocument {
  const { chart, config, name, namespace, revision } = release
  return sealPlan({
    apiVersion: 'kubectl-pkg/v1',
    kind: 'Plan',
    createdAt: connections.now().toISOString(),
    target: connections.cluster.target,
    release: { name, namespace, revision, isInstall },
    chart: {
      name: chart.metadata.name,
      version: chart.metadata.version,
      digest: digestOfChart(chart),
    },
    values: { digest: `sha256:${sha256(encodeJson(config))}` },
    impact: impactOfPlan(plan, plan),
    changes: plannedChanges(plan, mask),
    conflicts: plannedConflicts(plan),
    options,
    definitions: crdsOf(release),
    record: encodeRelease(release, Number.MAX_SAFE_INTEGER),
  })
}

/** Of all files of a chart and its subcharts, by their paths. */
function digestOfChart(chart: Chart): string {
  const files = [...chart.templates, ...chart.files].map(({ name, data }) => [name, sha256(data)])
  const subcharts = chart.subcharts.map((each) => [each.metadata.name, digestOfChart(each)])
  const { name, version } = chart.metadata
  return digestOf([
    name,
    version,
    encodeJson(chart.values),
    chart.schema === undefined ? '' : sha256(chart.schema),
    files.sort(byName),
    subcharts.sort(byName),
  ])
}

function byName([left = '']: readonly string[], [right = '']: readonly string[]): number {
  return left < right ? -1 : left > right ? 1 : 0
}
