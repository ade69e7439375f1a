import { PkgError } from '../base/errors.ts'
import { steadyNow } from '../base/steady-clock.ts'
import { lastRevision } from '../release/history.ts'
import type { Release } from '../release/release.ts'
import { isPending } from '../release/status.ts'
import type { ReleaseName } from '../storage/storage.ts'
import type { Site } from './site.ts'

/*
 * Helm takes no lease. That it is at work shows in the status of the newest record, which
 * says nothing of whether it still is: only a record that nobody has changed for a long time
 * was left behind by a run that is gone.
 */

/** Times in milliseconds. */
export interface ForeignRunTimes {
  /** How long to wait for the other run to end. */
  timeout: number
  /** Unchanged for so long, its record is taken over. */
  staleAfter: number
}

/** In milliseconds, between two looks at the record. */
const POLL = 1000

/**
 * Waits until no run that takes no lease, such as Helm's, is at work with the release.
 *
 * @returns every revision, as it was read last
 * @throws PkgError RELEASE_PENDING when one still is after the timeout, INTERRUPTED
 */
export async function awaitForeignRun(
  site: Site,
  release: ReleaseName,
  times: ForeignRunTimes,
): Promise<Release[]> {
  const start = steadyNow()
  let isAnnounced = false
  for (;;) {
    const history = await site.storage.history(release)
    const last = lastRevision(history)
    if (last === undefined || !isForeign(site, last)) return history
    const idle = await site.storage.idleFor(release, last.revision)
    if (idle === undefined || idle >= times.staleAfter) return history
    if (steadyNow() - start >= times.timeout) throw pending(last, idle, times)
    if (!isAnnounced) {
      site.onNotice(
        `waiting for another run, which has left revision ${last.revision} ${last.status}`,
      )
    }
    isAnnounced = true
    await sleep(Math.min(POLL, times.staleAfter - idle))
    await site.lock.assertHeld()
  }
}

/** Our own runs hold a lease: when this run has it, they are gone. */
function isForeign({ cluster }: Site, { status, run = '' }: Release): boolean {
  return isPending(status) && (run === '' || !cluster.leases.isExclusive())
}

function pending(last: Release, idle: number, { staleAfter }: ForeignRunTimes): PkgError {
  const { name, revision, status } = last
  const message = `another run has left revision ${revision} of release "${name}" ${status}, ${seconds(idle)} ago`
  return new PkgError('RELEASE_PENDING', message, {
    hint: `Wait for it. Should it be gone, its record is taken over ${seconds(staleAfter)} after its last change, or sooner with --stale-after.`,
  })
}

function seconds(milliseconds: number): string {
  return `${Math.max(0, Math.floor(milliseconds / 1000))} s`
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
