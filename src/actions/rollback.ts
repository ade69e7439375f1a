import { conclude, deploy, type Deployed, type Deployment } from '../apply/deploy.ts'
import { followUp } from '../apply/follow-up.ts'
import { rehearseDeployment } from '../apply/rehearse-deployment.ts'
import type { Site } from '../apply/site.ts'
import { PkgError, type ErrorCode } from '../base/errors.ts'
import { lastRevision, unsettledRevisions } from '../release/history.ts'
import type { Allowance } from '../plan/allow.ts'
import type { Release } from '../release/release.ts'
import { timestamp } from '../release/timestamp.ts'
import type { ReleaseName } from '../storage/storage.ts'
import type { Connections } from './connections.ts'
import { hintOfRevision } from './inspect.ts'
import { isUntouched, locked } from './locked.ts'
import { assertReleaseName } from './names.ts'
import { assertRights } from './preflight.ts'
import { isStop, reporting } from './target-errors.ts'

export interface RollbackRequest {
  release: ReleaseName
  /** The revision to go back to; 0 for the one before the last. */
  revision?: number
  dryRun?: boolean
  withHooks?: boolean
  /** How many revisions to keep; 0 keeps all. */
  historyMax?: number
  allowance?: Allowance | undefined
  /** With a dry run: asks the target for no objects. */
  isOffline?: boolean | undefined
  /** Removes what a failed rollback created. */
  cleanupOnFail?: boolean
}

/**
 * Makes a copy of an earlier revision the newest one.
 *
 * @returns the deployed release, or with `dryRun` the one that would be
 * @throws PkgError RELEASE_NOT_FOUND, REVISION_NOT_FOUND, and all that `deploy` throws
 */
export async function rollback(
  connections: Connections,
  request: RollbackRequest,
): Promise<Deployed> {
  return reporting('', async () => {
    assertReleaseName(request.release)
    if (request.dryRun === true) return rehearse(connections, request)

    if (connections.records !== undefined || (await isUntouched(connections))) {
      const history = await connections.storage.history(request.release)
      const copy = copyOf(history, request, connections.now())
      const previous = unsettledRevisions(history)
      await assertRights(connections, { verb: 'rollback', release: copy, previous })
    }
    const { release, revision = 0 } = request
    const asked = `${release.namespace}/${release.name} ${revision}`
    const verb = { release, verb: 'rollback', request: asked } as const
    return locked(connections, verb, async (site, settled) => {
      const { history, finished } = settled
      if (finished !== undefined) {
        await conclude(site, history, request.historyMax)
        return { release: finished, plan: { changes: [] }, isRecorded: true }
      }
      const copy = copyOf(history, request, site.now())
      const { release: next, before } = await followUp(
        site,
        { settled, verb: 'rollback' },
        async (_, number) => ({ ...copy, revision: number }),
      )
      return deployCopy(site, before, { copy: next, request })
    })
  })
}

/**
 * Deploys a copy of an earlier revision; the caller holds the lock.
 *
 * @throws PkgError RELEASE_NOT_FOUND, REVISION_NOT_FOUND, and all that `deploy` throws
 */
export async function rollbackTo(
  site: Site,
  history: Release[],
  request: RollbackRequest,
): Promise<Deployed> {
  const copy = copyOf(history, request, site.now())
  return deployCopy(site, { history, abandoned: undefined }, { copy, request })
}

async function deployCopy(
  site: Site,
  before: Deployment['before'],
  { copy, request }: { copy: Release; request: RollbackRequest },
): Promise<Deployed> {
  try {
    return await deploy(site, deploymentOf(copy, before, request))
  } catch (error) {
    throw namingRevision(error, copy)
  }
}

/** What the plan is refused for, before anything is recorded; the hint names the flag to add. */
const REFUSED_PLANS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'DATA_LOSS',
  'FIELD_CONFLICT',
  'FIELD_IMMUTABLE',
  'IMPACT_TOO_HIGH',
])

/**
 * The failed revision is the last one now, so "the one before" would be another one. What a
 * signal ended is taken up by the same command.
 */
function namingRevision(error: unknown, { name, description }: Release): unknown {
  if (!(error instanceof PkgError) || error.hint === undefined || isStop(error)) return error
  if (REFUSED_PLANS.has(error.code)) return error
  const { code, message, span, details, cause } = error
  const command = `kubectl pkg rollback ${name} ${description.replace('Rollback to ', '')}`
  const hint = `Solve the cause and run "${command}"; it does what is left to do.`
  return new PkgError(code, message, { hint, span, details, cause })
}

async function rehearse(connections: Connections, request: RollbackRequest): Promise<Deployed> {
  const history = await connections.storage.history(request.release)
  const release = copyOf(history, request, connections.now())
  if (request.isOffline === true) return { release, plan: { changes: [] }, isRecorded: false }
  const before = { history, abandoned: undefined }
  const plan = await rehearseDeployment(connections, deploymentOf(release, before, request))
  return { release, plan, isRecorded: false }
}

function deploymentOf(
  release: Release,
  before: Deployment['before'],
  { withHooks = false, historyMax = 0, cleanupOnFail = false, allowance }: RollbackRequest,
): Deployment {
  return {
    release,
    before,
    withHooks,
    historyMax,
    allowance: allowance ?? {},
    description: release.description,
    failure: `Rollback "${release.name}" failed`,
    cleanUpAs: cleanupOnFail ? 'rollback' : undefined,
  }
}

/** Source: Helm 4.1.4 pkg/action/rollback.go, prepareRollback. */
function copyOf(history: readonly Release[], request: RollbackRequest, now: Date): Release {
  const { revision = 0 } = request
  if (revision < 0) throw new PkgError('USAGE', 'invalid release revision')
  const last = lastRevision(history)
  if (last === undefined) {
    throw new PkgError('RELEASE_NOT_FOUND', 'release: not found', {
      hint: 'Run "kubectl pkg list -A" to see the releases of this target.',
    })
  }
  const wanted = revision === 0 ? last.revision - 1 : revision
  const source = history.find((each) => each.revision === wanted)
  if (source === undefined) {
    throw new PkgError('REVISION_NOT_FOUND', `release has no ${wanted} version`, {
      hint: hintOfRevision(history, wanted),
    })
  }
  return {
    ...source,
    namespace: last.namespace,
    revision: last.revision + 1,
    status: 'pending-rollback',
    firstDeployed: last.firstDeployed,
    lastDeployed: timestamp(now),
    deleted: '',
    description: `Rollback to ${wanted}`,
  }
}
