import { planRetirement, purge, retire } from '../apply/retire.ts'
import type { Settled } from '../apply/settle.ts'
import type { Site } from '../apply/site.ts'
import { tellNotices } from '../apply/tell-notices.ts'
import { PkgError } from '../base/errors.ts'
import type { Plan } from '../plan/plan.ts'
import { lastRevision, unsettledRevisions } from '../release/history.ts'
import type { Release } from '../release/release.ts'
import type { ReleaseName } from '../storage/storage.ts'
import type { Connections } from './connections.ts'
import { filledOr } from './install.ts'
import { isUntouched, locked } from './locked.ts'
import { assertReleaseName } from './names.ts'
import { assertRights } from './preflight.ts'
import { reporting } from './target-errors.ts'

export interface UninstallRequest {
  release: ReleaseName
  dryRun?: boolean
  keepHistory?: boolean
  /** Takes it for done when there is no such release. */
  ignoreNotFound?: boolean
  description?: string | undefined
  /** What becomes of what its objects own. */
  cascade?: Site['cascade']
  /** Deletes CRDs of the release with all custom resources that live of them. */
  deleteCrds?: boolean
}

export interface Uninstalled {
  /** The last revision; undefined when there was nothing left to uninstall. */
  release: Release | undefined
  plan: Plan
}

/**
 * Takes a release and its objects from the target.
 *
 * @throws PkgError RELEASE_NOT_FOUND, RELEASE_EXISTS when only its history is left and is to
 *   stay, and all that `retire` throws
 */
export async function uninstall(
  connections: Connections,
  request: UninstallRequest,
): Promise<Uninstalled> {
  return reporting('', async () => {
    assertReleaseName(request.release)
    if (request.dryRun === true) return rehearse(connections, request)

    if (connections.records !== undefined) {
      const history = await connections.storage.history(request.release)
      const [last, previous] = [lastRevision(history), unsettledRevisions(history)]
      if (last !== undefined) {
        await assertRights(connections, { verb: 'uninstall', release: last, previous })
      }
    }
    const { release, keepHistory = false, ignoreNotFound = false } = request
    if (await isUntouched(connections)) {
      if (ignoreNotFound) return nothingLeft()
      throw notLoaded(release)
    }
    const asked = `${release.namespace}/${release.name} ${String(keepHistory)}`
    const { cascade } = request
    const verb = { release, verb: 'uninstall', request: asked, cascade } as const
    try {
      return await locked(connections, verb, (site, settled) =>
        uninstallLocked(site, settled, request),
      )
    } catch (error) {
      const isMissing = error instanceof PkgError && error.code === 'RELEASE_NOT_FOUND'
      if (isMissing && ignoreNotFound) return nothingLeft()
      throw error
    }
  })
}

async function uninstallLocked(
  site: Site,
  { history, finished, isRepeated }: Settled,
  request: UninstallRequest,
): Promise<Uninstalled> {
  const { keepHistory = false, ignoreNotFound = false } = request
  const last = lastRevision(history)
  if (last === undefined) {
    if (ignoreNotFound || isRepeated) return nothingLeft()
    throw notLoaded(request.release)
  }
  if (last.status === 'uninstalled') {
    if (finished !== undefined && keepHistory) return { release: finished, plan: { changes: [] } }
    if (keepHistory) throw alreadyDeleted(last)
    await purge(site, history)
    return { release: last, plan: { changes: [] } }
  }
  const description = filledOr(request.description, 'Uninstallation complete')
  const { deleteCrds = false } = request
  return retire(site, last, { history, keepHistory, description, deleteCrds })
}

async function rehearse(
  connections: Connections,
  { release, ignoreNotFound = false }: UninstallRequest,
): Promise<Uninstalled> {
  const history = await connections.storage.history(release)
  const last = lastRevision(history)
  if (last !== undefined) {
    const plan = await planRetirement(connections, history)
    tellNotices(connections, plan)
    return { release: last, plan }
  }
  if (ignoreNotFound) return nothingLeft()
  throw notFound('release: not found')
}

function nothingLeft(): Uninstalled {
  return { release: undefined, plan: { changes: [] } }
}

/** Source: Helm 4.1.4 pkg/action/uninstall.go, Run. */
function notLoaded({ name }: ReleaseName): PkgError {
  return notFound(`uninstall: Release not loaded: ${name}: release: not found`)
}

function notFound(message: string): PkgError {
  return new PkgError('RELEASE_NOT_FOUND', message, {
    hint: 'Run "kubectl pkg list -A" to see the releases of this target, or add --ignore-not-found.',
  })
}

function alreadyDeleted({ name }: Release): PkgError {
  return new PkgError('RELEASE_EXISTS', `the release named "${name}" is already deleted`, {
    hint: 'Leave out --keep-history to remove its history too.',
  })
}
