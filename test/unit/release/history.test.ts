import { expect, test } from 'vitest'
import {
  currentRevision,
  deployedRevision,
  nextRevision,
  revisionsToDrop,
  unsettledRevisions,
} from '../../../src/release/history.ts'
import type { Release, ReleaseStatus } from '../../../src/release/release.ts'
import { releaseOf } from '../../support/releases.ts'

function historyOf(...statuses: ReleaseStatus[]): Release[] {
  return statuses.map((status, at) => releaseOf({ status, revision: at + 1 }))
}

function numbers(releases: readonly Release[]): number[] {
  return releases.map(({ revision }) => revision)
}

test.each<{ statuses: ReleaseStatus[]; deployed?: number; current?: number; unsettled: number[] }>([
  { statuses: [], unsettled: [] },
  { statuses: ['superseded', 'deployed'], deployed: 2, current: 2, unsettled: [2] },
  {
    statuses: ['deployed', 'failed', 'pending-upgrade'],
    deployed: 1,
    current: 1,
    unsettled: [1, 2, 3],
  },
  { statuses: ['failed'], current: 1, unsettled: [1] },
  { statuses: ['failed', 'failed'], current: 2, unsettled: [1, 2] },
  { statuses: ['superseded', 'uninstalled'], unsettled: [] },
  { statuses: ['superseded', 'uninstalling'], unsettled: [2] },
  { statuses: ['deployed', 'deployed'], deployed: 2, current: 2, unsettled: [2] },
])('$statuses', ({ statuses, deployed, current, unsettled }) => {
  const history = historyOf(...statuses)
  expect(deployedRevision(history)?.revision).toBe(deployed)
  expect(currentRevision(history)?.revision).toBe(current)
  expect(numbers(unsettledRevisions(history))).toEqual(unsettled)
  expect(nextRevision(history)).toBe(statuses.length + 1)
})

test.each([
  { max: 0, drop: [] },
  { max: 4, drop: [] },
  { max: 3, drop: [1] },
  { max: 2, drop: [1, 3] },
  { max: 1, drop: [1, 3, 4] },
])(
  'of four revisions with the second deployed, --history-max $max drops $drop',
  ({ max, drop }) => {
    const history = historyOf('superseded', 'deployed', 'failed', 'failed')
    expect(numbers(revisionsToDrop(history, max))).toEqual(drop)
  },
)

// Wanted: what Helm 4.1.4 leaves of the same, where the first was deployed until the fourth was; of
// --history-max 1 it makes 2.
test.each([
  { max: 4, drop: [] },
  { max: 3, drop: [2] },
  { max: 2, drop: [2, 3] },
  { max: 1, drop: [2, 3, 1] },
])(
  'of four revisions with the last deployed after failures, --history-max $max drops $drop',
  ({ max, drop }) => {
    const history = historyOf('superseded', 'failed', 'failed', 'deployed')
    expect(numbers(revisionsToDrop(history, max))).toEqual(drop)
  },
)
