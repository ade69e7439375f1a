import type { Holder } from '../cluster/lease.ts'
import { deployedRevision, lastRevision } from '../release/history.ts'
import type { Release, ReleaseStatus } from '../release/release.ts'
import { isPending } from '../release/status.ts'
import type { ReleaseName } from '../storage/storage.ts'
import type { Site } from './site.ts'

export type Verb = 'install' | 'upgrade' | 'rollback' | 'uninstall'

/** What a run finds when it has the lock. */
export interface Settled {
  /** Every revision but the abandoned one, oldest first. */
  history: Release[]
  /** A revision of the same verb that was cut off or cancelled; `followUp` decides what of it. */
  abandoned: Release | undefined
  /** What the very same command had recorded as done when it was cut off at its end. */
  finished: Release | undefined
  /** Whether the very same command was cut off, at whatever point. */
  isRepeated: boolean
}

export interface Settling {
  release: ReleaseName
  verb: Verb
  /** Every revision, as this run has read them since it has the lock. */
  seen: readonly Release[]
  /** Goes on with whatever was cut off or cancelled, whatever command began it. */
  takesUp?: boolean | undefined
}

const PENDING: Record<Verb, ReleaseStatus> = {
  install: 'pending-install',
  upgrade: 'pending-upgrade',
  rollback: 'pending-rollback',
  uninstall: 'uninstalling',
}

/**
 * Sorts out what a run that was cut off has left: half-written files go, a pending
 * revision of the same verb is taken up, one of another verb is recorded as failed, and
 * of several deployed revisions only the newest stays so.
 */
export async function settle(
  site: Site,
  { release, verb, seen, takesUp }: Settling,
): Promise<Settled> {
  const { lock, storage } = site
  const { holder, left } = lock
  if (left !== undefined) {
    const tokens = [...left.after, left.token]
    await site.cluster.sweep(tokens)
    await storage.sweep(tokens)
  }

  // What a cut off run has left half-written is not for the records that were read before.
  const stored = left === undefined ? seen : await storage.history(release)
  const last = lastRevision(stored)
  const isRepeated = left?.run === holder.run
  const finished = isRepeated && last?.run === holder.run && isDone(last) ? last : undefined
  const isTakenUp = last !== undefined && mayTakeUp(last, { verb, takesUp }, holder)

  let history = stored.filter((each) => !isTakenUp || each !== last)
  if (last !== undefined && isPending(last.status) && !isTakenUp) {
    history = replace(history, await markFailed(site, last, verb))
  }
  for (const stray of strayDeployed(history)) {
    history = replace(history, await supersede(site, stray))
  }
  return { history, abandoned: isTakenUp ? last : undefined, finished, isRepeated }
}

/** Whether a signal ended the very same command, with nothing done to the release since. */
export function isCancelledBefore(
  { status, cancelled }: Release,
  { verb, request }: Pick<Holder, 'verb' | 'request'>,
): boolean {
  if (status !== 'failed' && status !== 'uninstalling') return false
  return cancelled?.verb === verb && cancelled.request === request
}

/** Records a revision as superseded and gives it back so. */
export async function supersede(site: Site, release: Release): Promise<Release> {
  const superseded: Release = { ...release, status: 'superseded' }
  await site.lock.assertStillOurs()
  await site.storage.update(superseded)
  return superseded
}

function mayTakeUp(
  last: Release,
  { verb, takesUp = false }: Pick<Settling, 'verb' | 'takesUp'>,
  holder: Holder,
): boolean {
  if (verb === 'uninstall') return false
  if (last.status === PENDING[verb]) return true
  return takesUp ? last.cancelled?.verb === verb : isCancelledBefore(last, holder)
}

function isDone({ status }: Release): boolean {
  return status === 'deployed' || status === 'uninstalled'
}

/** Records a revision that was cut off as failed, and gives it back so. */
export async function markFailed(site: Site, release: Release, verb: Verb): Promise<Release> {
  const description = `interrupted; recovered by ${verb}`
  const failed: Release = { ...release, status: 'failed', description }
  await site.lock.assertHeld()
  await site.storage.update(failed)
  return failed
}

function strayDeployed(history: readonly Release[]): Release[] {
  const deployed = deployedRevision(history)
  return history.filter((each) => each.status === 'deployed' && each !== deployed)
}

function replace(history: readonly Release[], release: Release): Release[] {
  return history.map((each) => (each.revision === release.revision ? release : each))
}
