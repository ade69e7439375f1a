import type { ReleaseStatus } from './release.ts'

const STATUSES: ReadonlySet<string> = new Set<ReleaseStatus>([
  'unknown',
  'deployed',
  'uninstalled',
  'superseded',
  'failed',
  'uninstalling',
  'pending-install',
  'pending-upgrade',
  'pending-rollback',
])

/** Whether the text is one of Helm's statuses. */
export function isReleaseStatus(text: string): text is ReleaseStatus {
  return STATUSES.has(text)
}

/** Whether a run is, or was when it was cut off, at work on the revision. */
export function isPending(status: ReleaseStatus): boolean {
  return status.startsWith('pending-')
}
