import { nextRevision } from '../release/history.ts'
import type { Release } from '../release/release.ts'
import { isSameSource } from '../release/same-content.ts'
import { markFailed, type Settled, type Verb } from './settle.ts'
import type { Site } from './site.ts'

/** A revision to get to, and what it follows. */
export interface FollowUp {
  release: Release
  before: Pick<Settled, 'history' | 'abandoned'>
}

/** Makes the revision of a number that follows a history. */
export type DraftAs = (history: readonly Release[], revision: number) => Promise<Release>

/**
 * Drafts what a run is to get to. It takes up what was cut off when chart and values are the same;
 * else that stays in the history, as failed, and the run has a revision of its own.
 */
export async function followUp(
  site: Site,
  { settled, verb }: { settled: Settled; verb: Verb },
  draftAs: DraftAs,
): Promise<FollowUp> {
  const { history, abandoned } = settled
  const release = await draftAs(history, abandoned?.revision ?? nextRevision(history))
  if (abandoned === undefined || isSameSource(abandoned, release)) {
    return { release, before: { history, abandoned } }
  }
  const left = await leaveBehind(site, settled, verb)
  return { release: await draftAs(left.history, nextRevision(left.history)), before: left }
}

/** Lets a run begin a piece of work of its own: nothing that was cut off counts as done by it. */
export async function leaveBehind(
  site: Site,
  { history, abandoned }: Settled,
  verb: Verb,
): Promise<FollowUp['before']> {
  if (abandoned === undefined) return { history, abandoned }
  await site.lock.startAnew()
  // What a signal ended is recorded as failed, and says why.
  const isRecorded = abandoned.status === 'failed'
  const failed = isRecorded ? abandoned : await markFailed(site, abandoned, verb)
  return { history: [...history, failed], abandoned: undefined }
}
