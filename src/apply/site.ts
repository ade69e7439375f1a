import type { Cluster, DeleteOptions } from '../cluster/cluster.ts'
import type { ReleaseStorage } from '../storage/storage.ts'
import type { HeldLock } from './lock.ts'
import type { ReadinessRules } from './readiness.ts'
import type { OnProgress } from './wait-progress.ts'

/** What a run works through while it holds the lock of one release. */
export interface Site {
  cluster: Cluster
  storage: ReleaseStorage
  lock: HeldLock
  now: () => Date
  signal: AbortSignal
  /** Told what a person should know but that stops nothing. */
  onNotice: (notice: string) => void
  wait?: WaitSettings | undefined
  /** What becomes of what deleted objects own; by default it goes in the background. */
  cascade?: DeleteOptions['cascade']
}

/** What runs wait for besides the order of objects. */
export interface WaitSettings {
  /** How long one step may take: a hook, a stage, all objects in the end; in milliseconds. */
  timeout: number
  /** Waits in the end until objects are ready by these rules; undefined waits for hooks only. */
  rules?: ReadinessRules | undefined
  /** Runs no hooks. */
  areHooksOff?: boolean | undefined
  onProgress?: OnProgress | undefined
}

/** What is needed to look at a target without changing it. */
export type View = Pick<Site, 'cluster' | 'storage' | 'signal' | 'onNotice'>
