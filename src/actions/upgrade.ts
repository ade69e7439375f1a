import {
  conclude,
  deploy,
  findUnchanged,
  planDeployment,
  type Deployed,
  type Deployment,
} from '../apply/deploy.ts'
import { followUp, type DraftAs } from '../apply/follow-up.ts'
import { rehearseDeployment } from '../apply/rehearse-deployment.ts'
import type { Site } from '../apply/site.ts'
import { PkgError } from '../base/errors.ts'
import type { Chart } from '../chart/chart.ts'
import {
  currentRevision,
  lastRevision,
  nextRevision,
  unsettledRevisions,
} from '../release/history.ts'
import type { Release } from '../release/release.ts'
import { isSameContent } from '../release/same-content.ts'
import type { Connections } from './connections.ts'
import {
  commonDeployment,
  filledOr,
  installChart,
  tellDeprecated,
  valuesFor,
  type ChartRequest,
} from './install.ts'
import { isUntouched, locked } from './locked.ts'
import { assertReleaseName } from './names.ts'
import { assertRights } from './preflight.ts'
import { prepare } from './prepare.ts'
import { reuseValues, type ValueReuse } from './reuse-values.ts'
import { reporting } from './target-errors.ts'
import { undoUpgrade } from './undo.ts'

export interface UpgradeRequest extends ChartRequest {
  /** Installs the release when there is none. */
  install?: boolean
  reuse?: ValueReuse
  /** Records a revision even when nothing would change. */
  alwaysRecord?: boolean
  /** Removes what a failed upgrade created. */
  cleanupOnFail?: boolean
}

export interface Upgraded extends Deployed {
  /** Whether there was no release, so that this was an installation. */
  isInstall: boolean
}

/**
 * Upgrades a release to a chart and values.
 *
 * When nothing would change, neither objects nor what is recorded, nothing is written.
 *
 * @returns the deployed release, or with `dryRun` the one that would be
 * @throws PkgError RELEASE_NOT_FOUND, RELEASE_PENDING, and all that `prepare` and `deploy` throw
 */
export async function upgrade(
  connections: Connections,
  request: UpgradeRequest,
): Promise<Upgraded> {
  const chart = await reporting('', () => connections.loadChart(request.chart))
  tellDeprecated(connections, chart)
  const seen = request.install === true ? await historyOf(connections, request) : undefined
  if (seen !== undefined && isMissing(seen)) {
    const installed = await installUnlessThere(connections, chart, request)
    if (installed !== undefined) return { ...installed, isInstall: true }
  }
  return reporting('UPGRADE FAILED', async () => ({
    ...(await upgradeTo(connections, { chart, request, seen })),
    isInstall: false,
  }))
}

/** Another run may have installed the release in the meantime; then it is upgraded. */
async function installUnlessThere(
  connections: Connections,
  chart: Chart,
  request: UpgradeRequest,
): Promise<Deployed | undefined> {
  try {
    return await reporting('', () =>
      installChart(connections, chart, { ...request, replace: true }),
    )
  } catch (error) {
    if (error instanceof PkgError && error.code === 'RELEASE_EXISTS') return undefined
    throw error
  }
}

interface Wanted {
  chart: Chart
  request: UpgradeRequest
  /** Every revision as it was before this run has the lock; undefined when nobody looked. */
  seen: readonly Release[] | undefined
}

async function upgradeTo(connections: Connections, wanted: Wanted): Promise<Deployed> {
  const { chart, request } = wanted
  assertReleaseName(request.release)
  if (request.dryRun === true) return rehearse(connections, chart, request)
  if (await isUntouched(connections)) throw noDeployed(request.release.name, undefined)
  const early = await lookForWork(connections, wanted)
  if (early?.unchanged !== undefined) return early.unchanged

  const { name, namespace } = request.release
  const verb = {
    release: request.release,
    verb: 'upgrade',
    request: `${namespace}/${name}`,
  } as const
  return locked(connections, verb, async (site, settled) => {
    const { history, finished } = settled
    const draftAs: DraftAs = async (since, revision) =>
      isStillRight(early, since, revision)
        ? early.release
        : draft(connections, { chart, request, history: since, revision })
    // Cut off after its work was done, the same command has nothing left to apply.
    if (
      finished !== undefined &&
      isSameContent(finished, await draftAs(history, finished.revision))
    ) {
      await conclude(site, history, request.historyMax)
      return { release: finished, plan: { changes: [] }, isRecorded: true }
    }
    const { release, before } = await followUp(site, { settled, verb: 'upgrade' }, draftAs)
    return deploy(site, deploymentOf(release, before, request, site))
  })
}

/** What was made of an upgrade before this run had the lock. */
interface Early {
  release: Release
  /** The revision it follows. */
  follows: number
  /** The deployed one, when there is nothing to do. */
  unchanged: Deployed | undefined
}

/**
 * At an API server a lock costs writes: where there is nothing to do, or something may not be
 * done, there are none.
 */
async function lookForWork(
  connections: Connections,
  { chart, request, seen }: Wanted,
): Promise<Early | undefined> {
  if (!connections.cluster.runsHooks) return undefined
  const history = seen ?? (await connections.storage.history(request.release))
  const last = lastRevision(history)
  if (last === undefined || currentRevision(history) === undefined) return undefined
  const revision = nextRevision(history)
  const release = await draft(connections, { chart, request, history, revision })
  const recreates = (request.allowance?.recreate ?? []).length > 0
  const { crds } = request
  const previous = unsettledRevisions(history)
  await assertRights(connections, { verb: 'upgrade', release, previous, crds, recreates })
  const before = { history: [...history], abandoned: undefined }
  const deployment = deploymentOf(release, before, request)
  const unchanged =
    last.status === 'deployed' ? await findUnchanged(connections, deployment) : undefined
  return { release, follows: last.revision, unchanged }
}

function isStillRight(
  early: Early | undefined,
  history: readonly Release[],
  revision: number,
): early is Early {
  if (early === undefined || early.release.revision !== revision) return false
  return lastRevision(history)?.revision === early.follows
}

function deploymentOf(
  release: Release,
  before: Deployment['before'],
  request: UpgradeRequest,
  site?: Site,
): Deployment {
  const { alwaysRecord = false, description } = request
  const { withHooks = false, historyMax = 0 } = request
  const choice = { history: before.history, withHooks, historyMax }
  const isUndone = request.rollbackOnFailure === true && site !== undefined
  return {
    ...commonDeployment(release, before, {
      ...request,
      createNamespace: false,
      crds: request.crds ?? 'skip',
    }),
    description: filledOr(description, 'Upgrade complete'),
    failure: `Upgrade "${release.name}" failed`,
    skipUnchanged: !alwaysRecord && filledOr(description, '') === '',
    cleanUpAs: request.cleanupOnFail === true ? 'upgrade' : undefined,
    ...(isUndone && { undo: (failed) => undoUpgrade(site, failed, choice) }),
  }
}

async function rehearse(
  connections: Connections,
  chart: Chart,
  request: UpgradeRequest,
): Promise<Deployed> {
  const history = await connections.storage.history(request.release)
  const release = await draft(connections, {
    chart,
    request,
    history,
    revision: nextRevision(history),
  })
  const before = { history, abandoned: undefined }
  const rehearsal = request.plansAll === true ? planDeployment : rehearseDeployment
  const plan =
    request.isOffline === true
      ? { changes: [] }
      : await rehearsal(connections, deploymentOf(release, before, request))
  const description = filledOr(request.description, 'Dry run complete')
  return { release: { ...release, description }, plan, isRecorded: false }
}

interface UpgradeDraft {
  chart: Chart
  request: UpgradeRequest
  history: readonly Release[]
  revision: number
}

/** Source: Helm 4.1.4 pkg/action/upgrade.go, prepareUpgrade. */
async function draft(
  connections: Connections,
  { chart, request, history, revision }: UpgradeDraft,
): Promise<Release> {
  const { release, labels = {}, reuse = 'default' } = request
  const current = currentRevision(history)
  const last = lastRevision(history)
  if (current === undefined || last === undefined) throw noDeployed(release.name, last)
  const onWarning = connections.onNotice
  const input = reuseValues({ chart, values: valuesFor(chart, request), onWarning }, current, reuse)
  return prepare(connections, {
    ...input,
    release,
    revision,
    isUpgrade: true,
    firstDeployed: current.firstDeployed,
    labels: mergeLabels(last.labels, labels),
    render: request.render ?? {},
    isOffline: request.isOffline,
  })
}

/** The label `null` takes one away. */
function mergeLabels(
  current: Record<string, string>,
  wanted: Record<string, string>,
): Record<string, string> {
  const entries = Object.entries({ ...current, ...wanted })
  return Object.fromEntries(entries.filter(([, value]) => value !== 'null'))
}

async function historyOf(
  connections: Connections,
  { release }: UpgradeRequest,
): Promise<readonly Release[]> {
  assertReleaseName(release)
  return reporting('', () => connections.storage.history(release))
}

/** Also a first install that was cut off, for the command that began it is run again. */
function isMissing(history: readonly Release[]): boolean {
  const last = lastRevision(history)
  return last === undefined || ['uninstalled', 'pending-install'].includes(last.status)
}

function noDeployed(name: string, last: Release | undefined): PkgError {
  return new PkgError('RELEASE_NOT_FOUND', `"${name}" has no deployed releases`, {
    hint:
      last?.status === 'uninstalled'
        ? `Only its history is left: add --install, or bring a revision back by "kubectl pkg rollback ${name} REVISION".`
        : `Run "kubectl pkg install ${name}", or add --install to install it when it is missing.`,
  })
}
