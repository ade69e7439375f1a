import { afterFailure, type FailedRun } from '../apply/clean-up.ts'
import { retire } from '../apply/retire.ts'
import { isRefusal } from '../apply/refusal.ts'
import type { Site } from '../apply/site.ts'
import { PkgError } from '../base/errors.ts'
import { lastRevision } from '../release/history.ts'
import type { Release } from '../release/release.ts'
import { rollbackTo } from './rollback.ts'

/** What undoing a failed run needs to know besides it. */
export interface UndoChoice {
  /** Every revision before the failed one. */
  history: readonly Release[]
  /** The rollback writes hooks too, where the target does not run them. */
  withHooks?: boolean
  /** How many revisions to keep; 0 keeps all. */
  historyMax?: number
}

/**
 * Uninstalls a release whose installation failed, history and all.
 *
 * @throws PkgError always: the failure, with what came of undoing it
 *
 * Source: Helm 4.1.4 pkg/action/install.go, failRelease.
 */
export async function undoInstall(
  site: Site,
  failed: FailedRun,
  { history }: UndoChoice,
): Promise<never> {
  const { release, error } = failed
  const all = [...history, release]
  try {
    await retire(site, release, { history: all, keepHistory: false, description: '' })
  } catch (second) {
    await keepFailed(site, release, second)
    throw stuck('uninstalling the release. original install error', error, second)
  }
  throw undone(failed, 'uninstalled')
}

/**
 * Rolls a release whose upgrade failed back to the last revision that was deployed.
 *
 * @throws PkgError always: the failure, with what came of undoing it
 *
 * Source: Helm 4.1.4 pkg/action/upgrade.go, failRelease.
 */
export async function undoUpgrade(
  site: Site,
  failed: FailedRun,
  { history, withHooks = false, historyMax = 0 }: UndoChoice,
): Promise<never> {
  const { release, error } = failed
  const good = lastRevision(
    history.filter(({ status }) => status === 'superseded' || status === 'deployed'),
  )
  if (good === undefined) {
    const text = 'unable to find a previously successful release when attempting to rollback.'
    throw afterFailure(error, `${text} original upgrade error: ${error.message}`)
  }
  const all = [...history, release]
  // What the failed run has made goes again, and what it has made anew is made anew once more.
  const allowance = { recreate: 'all', allowDataLoss: true } as const
  const request = { release, revision: good.revision, withHooks, historyMax, allowance }
  try {
    await rollbackTo(site, all, request)
  } catch (second) {
    throw stuck('rolling back the release. original upgrade error', error, second)
  }
  throw undone(failed, 'rolled back')
}

/** A failed release does not hold its name, one that is being uninstalled would. */
async function keepFailed(site: Site, release: Release, second: unknown): Promise<void> {
  if (site.signal.aborted || (second instanceof PkgError && second.code === 'LOCK_LOST')) return
  try {
    await site.storage.update(release)
  } catch (third) {
    if (!isRefusal(third)) throw third
    site.onNotice(`revision ${release.revision} is not recorded as failed: ${third.message}`)
  }
}

function undone({ release, error }: FailedRun, how: string): PkgError {
  const text = `release ${release.name} failed, and has been ${how} due to rollback-on-failure being set`
  const { code, span, details } = error
  const hint = 'Solve the cause and run the same command again.'
  return new PkgError(code, `${text}: ${error.message}`, { hint, span, details, cause: error })
}

function stuck(doing: string, error: PkgError, second: unknown): unknown {
  if (!(second instanceof PkgError)) return second
  return afterFailure(
    error,
    `an error occurred while ${doing}: ${error.message}: ${second.message}`,
  )
}
