import type { Cluster } from '../cluster/cluster.ts'
import type { ReleaseStorage } from '../storage/storage.ts'
import type { HeldLock } from './lock.ts'

/** What a run works through while it holds the lock of one release. */
export interface Site {
  cluster: Cluster
  storage: ReleaseStorage
  lock: HeldLock
  now: () => Date
  signal: AbortSignal
  /** Told what a person should know but that stops nothing. */
  onNotice: (notice: string) => void
}

/** What is needed to look at a target without changing it. */
export type View = Pick<Site, 'cluster' | 'storage' | 'signal'>
