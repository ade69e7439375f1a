import {
  conclude,
  deploy,
  planDeployment,
  type Deployed,
  type Deployment,
} from '../apply/deploy.ts'
import type { CrdMode } from '../apply/crds.ts'
import { ensureNamespace } from '../apply/ensure-namespace.ts'
import { followUp, type DraftAs } from '../apply/follow-up.ts'
import { rehearseDeployment } from '../apply/rehearse-deployment.ts'
import type { Settled } from '../apply/settle.ts'
import type { Site } from '../apply/site.ts'
import { crdsOf, namespaceObject } from '../apply/target-objects.ts'
import { PkgError } from '../base/errors.ts'
import type { Chart } from '../chart/chart.ts'
import type { GoMap } from '../golang/value.ts'
import { lastRevision } from '../release/history.ts'
import type { Allowance } from '../plan/allow.ts'
import type { Release } from '../release/release.ts'
import { isSameContent } from '../release/same-content.ts'
import type { ReleaseName } from '../storage/storage.ts'
import type { Connections, RenderOptions } from './connections.ts'
import { locked } from './locked.ts'
import { assertNamespace, assertNewName } from './names.ts'
import { assertRights } from './preflight.ts'
import { prepare } from './prepare.ts'
import { reporting } from './target-errors.ts'
import { undoInstall } from './undo.ts'

/** What install and upgrade are both told. */
export interface ChartRequest {
  release: ReleaseName
  /** What the person typed to name the chart. */
  chart: string
  /** What the person passed; a function where the chart decides how it is read. */
  values: GoMap | ((chart: Chart) => GoMap)
  render?: RenderOptions
  /** Shows what would be done and changes nothing. */
  dryRun?: boolean
  description?: string | undefined
  labels?: Record<string, string>
  /** Adopts objects that another release, or nobody, owns. */
  takeOwnership?: boolean
  skipCrds?: boolean
  /** What becomes of the CRDs of crds/ folders. */
  crds?: CrdMode | undefined
  createNamespace?: boolean
  /** Writes hooks too, where the target does not run them. */
  withHooks?: boolean
  /** How many revisions to keep; 0 keeps all. */
  historyMax?: number
  /** What the plan may do beyond what takes nothing away. */
  allowance?: Allowance | undefined
  /** With a dry run: plans what would be refused, too, for somebody to look at. */
  plansAll?: boolean | undefined
  /** With a dry run: asks the target for nothing. */
  isOffline?: boolean | undefined
  /** Undoes the whole operation when an object cannot be applied. */
  rollbackOnFailure?: boolean
}

export interface InstallRequest extends ChartRequest {
  /** Reuses the name of a release that is uninstalled or has failed. */
  replace?: boolean
}

/**
 * Installs a chart under a new release name.
 *
 * @returns the deployed release, or with `dryRun` the one that would be
 * @throws PkgError RELEASE_EXISTS, RELEASE_NAME_INVALID, and all that `prepare` and `deploy` throw
 */
export async function install(
  connections: Connections,
  request: InstallRequest,
): Promise<Deployed> {
  return reporting('INSTALLATION FAILED', async () => {
    const chart = await connections.loadChart(request.chart)
    tellDeprecated(connections, chart)
    return installChart(connections, chart, request)
  })
}

/** Source: Helm 4.1.4 pkg/cmd/install.go, runInstall. */
export function tellDeprecated({ onNotice }: Connections, { metadata }: Chart): void {
  if (metadata.deprecated === true) onNotice(`warning: the chart "${metadata.name}" is deprecated`)
}

/** Installs a chart that is loaded already. */
export async function installChart(
  connections: Connections,
  chart: Chart,
  request: InstallRequest,
): Promise<Deployed> {
  assertNewName(request.release.name)
  assertNamespace(request.release.namespace)
  if (request.dryRun === true) return rehearse(connections, chart, request)

  const { name, namespace } = request.release
  const early = await rightsGiven(connections, chart, request)
  if (request.createNamespace === true) await ensureNamespace(connections, namespace)
  const verb = {
    release: request.release,
    verb: 'install',
    request: `${namespace}/${name}`,
  } as const
  return locked(connections, verb, async (site, settled) => {
    const { history, finished } = settled
    const draftAs: DraftAs = async (_, revision) =>
      early?.revision === revision ? early : draft(connections, { chart, request, revision })
    if (finished === undefined) {
      assertNameIsFree(history, request)
      const { release, before } = await followUp(site, { settled, verb: 'install' }, draftAs)
      return deploy(site, deploymentOf(release, before, request, site))
    }
    // Cut off after its work was done, the same command has nothing left to apply.
    if (!isSameContent(finished, await draftAs(history, finished.revision))) throw inUse(finished)
    await conclude(site, history, request.historyMax)
    return { release: finished, plan: { changes: [] }, isRecorded: true }
  })
}

/** The release as it would be the first of its name, once all that it takes is allowed. */
async function rightsGiven(
  connections: Connections,
  chart: Chart,
  request: InstallRequest,
): Promise<Release | undefined> {
  if (connections.records === undefined) return undefined
  const release = await draft(connections, { chart, request, revision: 1 })
  const { createNamespace, crds } = request
  await assertRights(connections, { verb: 'install', release, createNamespace, crds })
  return release
}

/** What install and upgrade tell `deploy` alike, but for the texts. */
export function commonDeployment(
  release: Release,
  before: Deployment['before'],
  request: ChartRequest,
): Omit<Deployment, 'description' | 'failure'> {
  const { takeOwnership = false, withHooks = false, historyMax = 0 } = request
  const namespaces = request.createNamespace === true ? [namespaceObject(release.namespace)] : []
  const crds = { objects: crdsOf(release), mode: crdModeOf(request) }
  return {
    release,
    before,
    takeOwnership,
    withHooks,
    historyMax,
    allowance: request.allowance ?? {},
    prerequisites: namespaces,
    crds,
  }
}

/** CRDs are left alone by an upgrade into a directory, as they are by Helm. */
function crdModeOf({ skipCrds = false, crds = 'create' }: ChartRequest): CrdMode {
  return skipCrds ? 'skip' : crds
}

function deploymentOf(
  release: Release,
  before: Deployment['before'],
  request: InstallRequest,
  site?: Site,
): Deployment {
  const isUndone = request.rollbackOnFailure === true && site !== undefined
  return {
    ...commonDeployment(release, before, request),
    description: filledOr(request.description, 'Install complete'),
    failure: `Release "${release.name}" failed`,
    ...(isUndone && { undo: (failed) => undoInstall(site, failed, before) }),
  }
}

async function rehearse(
  connections: Connections,
  chart: Chart,
  request: InstallRequest,
): Promise<Deployed> {
  const release = await draft(connections, { chart, request, revision: 1 })
  if (request.isOffline === true) return rehearsed(release)
  const before: Pick<Settled, 'history' | 'abandoned'> = { history: [], abandoned: undefined }
  const deployment = deploymentOf(release, before, request)
  const rehearsal = request.plansAll === true ? planDeployment : rehearseDeployment
  const plan = await rehearsal(connections, deployment)
  return { ...rehearsed(release), plan }
}

function rehearsed(release: Release): Deployed {
  const plan = { changes: [] }
  return { release: { ...release, description: 'Dry run complete' }, plan, isRecorded: false }
}

async function draft(
  connections: Connections,
  { chart, request, revision }: { chart: Chart; request: InstallRequest; revision: number },
): Promise<Release> {
  return prepare(connections, {
    release: request.release,
    revision,
    chart,
    values: valuesFor(chart, request),
    isUpgrade: false,
    labels: request.labels ?? {},
    render: request.render ?? {},
    isOffline: request.isOffline,
  })
}

/**
 * A release that was never deployed, because every attempt failed, does not hold its name:
 * the command that failed can be run again.
 *
 * Source: Helm 4.1.4 pkg/action/install.go, availableName.
 */
function assertNameIsFree(history: readonly Release[], { replace = false }: InstallRequest): void {
  const last = lastRevision(history)
  if (last === undefined || history.every(({ status }) => status === 'failed')) return
  if (replace && (last.status === 'uninstalled' || last.status === 'failed')) return
  throw inUse(last)
}

function inUse({ name, status }: Release): PkgError {
  return new PkgError(
    'RELEASE_EXISTS',
    'release name check failed: cannot reuse a name that is still in use',
    {
      hint:
        status === 'uninstalled'
          ? `Add --replace to use the name of an uninstalled release, or pick another name.`
          : `Run "kubectl pkg upgrade ${name}" to change the release, or pick another name.`,
    },
  )
}

/** What the person passed, read as the chart wants it. */
export function valuesFor(chart: Chart, { values }: Pick<ChartRequest, 'values'>): GoMap {
  return typeof values === 'function' ? values(chart) : values
}

/** An empty description is none. */
export function filledOr(text: string | undefined, fallback: string): string {
  return text === undefined || text === '' ? fallback : text
}
