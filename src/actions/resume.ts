import { deploy, type Deployed } from '../apply/deploy.ts'
import { retire } from '../apply/retire.ts'
import type { Settled, Verb } from '../apply/settle.ts'
import type { Site } from '../apply/site.ts'
import { crdsOf } from '../apply/target-objects.ts'
import { PkgError } from '../base/errors.ts'
import type { Allowance } from '../plan/allow.ts'
import { lastRevision } from '../release/history.ts'
import type { Release, ReleaseStatus } from '../release/release.ts'
import type { ReleaseName } from '../storage/storage.ts'
import type { ChartRequest } from './install.ts'
import type { Connections } from './connections.ts'
import { locked } from './locked.ts'
import { assertReleaseName } from './names.ts'
import { rollbackTo } from './rollback.ts'
import { reporting } from './target-errors.ts'

export interface ResumeRequest extends Pick<ChartRequest, 'crds'> {
  release: ReleaseName
  allowance?: Allowance | undefined
  /** How many revisions to keep; 0 keeps all. */
  historyMax?: number
}

/** What came of a release that was cut off. */
export interface Resumed {
  /** What was finished or undone. */
  verb: Verb
  /** The newest revision now; of an uninstallation the last there was. */
  release: Release
}

/** The verb that leaves this status behind when it is cut off. */
const VERBS: Partial<Record<ReleaseStatus, Verb>> = {
  'pending-install': 'install',
  'pending-upgrade': 'upgrade',
  'pending-rollback': 'rollback',
  uninstalling: 'uninstall',
}

/**
 * Finishes what was cut off, as recorded, without the chart it was made of.
 *
 * @throws PkgError RELEASE_NOT_FOUND, NOTHING_PENDING, RELEASE_LOCKED while the run is alive, and
 *   all that `deploy` and `retire` throw
 */
export async function resume(connections: Connections, request: ResumeRequest): Promise<Resumed> {
  return settling(connections, request, async (site, settled, verb) => {
    if (verb === 'uninstall') return finishUninstall(site, settled)
    const { abandoned, history } = settled
    if (abandoned === undefined) throw nothingPending(request.release)
    const release = await site.storage.complete(abandoned)
    const { release: deployed } = await finish(site, { release, history, verb }, request)
    return deployed
  })
}

/**
 * Undoes what was cut off: an installation goes, an upgrade or a rollback is rolled back to the
 * revision before it, and what an uninstallation has taken away comes back.
 *
 * @throws PkgError RELEASE_NOT_FOUND, NOTHING_PENDING, RELEASE_LOCKED while the run is alive,
 *   REVISION_NOT_FOUND when there is nothing to go back to, and what undoing it throws
 */
export async function abort(connections: Connections, request: ResumeRequest): Promise<Resumed> {
  return settling(connections, request, async (site, settled, verb) => {
    const { release, allowance, historyMax = 0 } = request
    if (verb === 'uninstall') {
      const last = lastRevision(settled.history)
      if (last === undefined) throw nothingPending(release)
      const failed = await fail(site, last)
      const history = settled.history.map((each) => (each === last ? failed : each))
      const back = { release, revision: last.revision, allowance, historyMax }
      return (await rollbackTo(site, history, back)).release
    }
    if (settled.abandoned === undefined) throw nothingPending(release)
    const failed = await fail(site, settled.abandoned)
    const history = [...settled.history, failed]
    if (verb === 'install') {
      return (await retire(site, failed, { history, keepHistory: false, description: '' })).release
    }
    const revision = goodRevision(settled.history, release)
    const back = { release, revision, allowance, historyMax }
    return (await rollbackTo(site, history, back)).release
  })
}

/** Takes the lock for the verb that was cut off, as the command that began it would. */
async function settling(
  connections: Connections,
  { release }: ResumeRequest,
  run: (site: Site, settled: Settled, verb: Verb) => Promise<Release>,
): Promise<Resumed> {
  return reporting('', async () => {
    assertReleaseName(release)
    const last = lastRevision(await connections.storage.history(release))
    if (last === undefined) {
      throw new PkgError('RELEASE_NOT_FOUND', 'release: not found', {
        hint: 'Run "kubectl pkg list -A" to see the releases of this target.',
      })
    }
    const verb = VERBS[last.status] ?? cancelledVerb(last)
    if (verb === undefined) throw nothingPending(release)
    const request = `${release.namespace}/${release.name}`
    const settled = await locked(
      connections,
      { release, verb, request, takesUp: true },
      (site, before) => run(site, before, verb),
    )
    return { verb, release: settled }
  })
}

/** The verb that a signal ended, when nothing was done to the release since. */
function cancelledVerb({ status, cancelled }: Release): Verb | undefined {
  const verbs = Object.values(VERBS)
  return status === 'failed' ? verbs.find((verb) => verb === cancelled?.verb) : undefined
}

const DONE = { install: 'Install complete', upgrade: 'Upgrade complete', rollback: '' }

function finish(
  site: Site,
  { release, history, verb }: { release: Release; history: Release[]; verb: keyof typeof DONE },
  { allowance = {}, crds = 'upgrade', historyMax = 0 }: ResumeRequest,
): Promise<Deployed> {
  return deploy(site, {
    release,
    before: { history, abandoned: release },
    allowance,
    crds: { objects: crdsOf(release), mode: verb === 'rollback' ? 'skip' : crds },
    historyMax,
    description: DONE[verb] || release.description,
    failure: `Resuming ${verb} of "${release.name}" failed`,
  })
}

async function finishUninstall(site: Site, { history }: Settled): Promise<Release> {
  const last = lastRevision(history)
  if (last?.status !== 'uninstalling') throw new Error('the uninstallation was not cut off')
  const description = 'Uninstallation complete'
  return (await retire(site, last, { history, keepHistory: false, description })).release
}

async function fail(site: Site, release: Release): Promise<Release> {
  const failed: Release = { ...release, status: 'failed', description: 'interrupted; aborted' }
  await site.lock.assertHeld()
  await site.storage.update(failed)
  return failed
}

function goodRevision(history: readonly Release[], { name }: ReleaseName): number {
  const good = lastRevision(
    history.filter(({ status }) => status === 'deployed' || status === 'superseded'),
  )
  if (good !== undefined) return good.revision
  throw new PkgError('REVISION_NOT_FOUND', `release "${name}" has no revision to go back to`, {
    hint: `Finish it with "kubectl pkg resume ${name}", or take it away with "kubectl pkg uninstall ${name}".`,
  })
}

function nothingPending({ name }: ReleaseName): PkgError {
  return new PkgError('NOTHING_PENDING', `nothing of release "${name}" was cut off`, {
    hint: `"kubectl pkg history ${name}" shows what has become of its revisions.`,
  })
}
