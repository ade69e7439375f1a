import type { Release } from './release.ts'

/** The newest revision; undefined of an empty history. */
export function lastRevision(history: readonly Release[]): Release | undefined {
  return history.reduce<Release | undefined>(
    (last, each) => (last === undefined || each.revision > last.revision ? each : last),
    undefined,
  )
}

/** The newest revision that is deployed; a crash of Helm can leave more than one. */
export function deployedRevision(history: readonly Release[]): Release | undefined {
  return lastRevision(history.filter(({ status }) => status === 'deployed'))
}

/**
 * The revision whose objects the next one is compared with: the deployed one, or after a
 * failed first install the last.
 *
 * Source: Helm 4.1.4 pkg/action/upgrade.go, prepareUpgrade.
 */
export function currentRevision(history: readonly Release[]): Release | undefined {
  const deployed = deployedRevision(history)
  if (deployed !== undefined) return deployed
  const last = lastRevision(history)
  return last?.status === 'failed' || last?.status === 'superseded' ? last : undefined
}

/** Says which revisions a history has, for people: `1, 3 to 5 and 8`. */
export function namedRevisions(history: readonly Release[]): string {
  const runs: [first: number, last: number][] = []
  for (const { revision } of history.toSorted((left, right) => left.revision - right.revision)) {
    const run = runs.at(-1)
    if (run !== undefined && run[1] === revision - 1) run[1] = revision
    else runs.push([revision, revision])
  }
  const texts = runs.flatMap(([first, last]) => {
    if (last - first > 1) return [`${first} to ${last}`]
    return first === last ? [String(first)] : [String(first), String(last)]
  })
  const last = texts.pop() ?? 'none'
  return texts.length === 0 ? last : `${texts.join(', ')} and ${last}`
}

/** Counts from 1. */
export function nextRevision(history: readonly Release[]): number {
  return (lastRevision(history)?.revision ?? 0) + 1
}

/** Whose objects may be at the target: the current revision, and all attempts after it. */
export function unsettledRevisions(history: readonly Release[]): Release[] {
  const current = currentRevision(history)
  const since = deployedRevision(history)?.revision ?? 0
  return history.filter((each) => {
    return each === current || (each.revision > since && !isSettled(each))
  })
}

/**
 * The oldest revisions beyond `max` (0: no bound), never the one that is deployed. After
 * failures, a revision that succeeds leaves the one that was deployed before to go back to.
 *
 * Source: Helm 4.1.4 pkg/storage/storage.go, removeLeastRecent, which drops them while that one
 * is still deployed.
 */
export function revisionsToDrop(history: readonly Release[], max: number): Release[] {
  if (max <= 0) return []
  const excess = history.length - max
  const deployed = deployedRevision(history)
  const others = history.filter((each) => each !== deployed)
  const hasSucceeded = deployed !== undefined && deployed === lastRevision(history)
  const before = hasSucceeded
    ? lastRevision(others.filter(({ status }) => WERE_DEPLOYED.has(status)))
    : undefined
  return others
    .toSorted((left, right) => {
      return Number(left === before) - Number(right === before) || left.revision - right.revision
    })
    .slice(0, Math.max(0, excess))
}

const WERE_DEPLOYED: ReadonlySet<string> = new Set(['deployed', 'superseded'])

function isSettled({ status }: Release): boolean {
  return status === 'superseded' || status === 'uninstalled'
}
