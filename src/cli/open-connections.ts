import { hostname } from 'node:os'
import type { Connections } from '../actions/connections.ts'
import { renderAtTarget } from '../actions/render-at-target.ts'
import { withUpstreamCrds } from '../actions/upstream-crds.ts'
import { LOCK_TIMES } from '../apply/lock.ts'
import { openFiles } from '../base/files.ts'
import { newToken } from '../base/folders.ts'
import { openDirectoryCluster } from '../cluster/directory-cluster.ts'
import { machineIdentity } from '../cluster/holder.ts'
import type { Holder } from '../cluster/lease.ts'
import { openDirectoryStorage } from '../storage/directory-storage.ts'
import type { Io } from './io.ts'
import type { GivenClusterFlags } from './kube-flags.ts'
import { openProgress, waitSettings, type WaitFlags } from './open-progress.ts'
import { readChart, siteOpener, type ChartFlags } from './read-chart.ts'
import { parseTarget } from './target.ts'

export interface ConnectionFlags extends ChartFlags, GivenClusterFlags, WaitFlags {
  namespace?: string | undefined
  target?: string | undefined
  'lock-timeout'?: number | undefined
  'stale-after'?: number | undefined
  'no-preflight'?: boolean | undefined
}

/** What one run is to others: the same for all that it opens. */
export interface RunIdentity {
  token: string
  signal: AbortSignal
  /** How long it waits for the lock of a release, in milliseconds. */
  lockTimeout: number
  /** What servers are told of the program. */
  userAgent: string
  /** A cluster is asked for nothing, so none need be chosen. */
  asksNothing?: boolean | undefined
  now: () => Date
  onNotice: (notice: string) => void
}

/** What a command knows of its run. */
export type CommandRun = Pick<RunIdentity, 'signal' | 'userAgent' | 'asksNothing'>

/** The part of the connections that a target decides. */
export type TargetConnections = Pick<
  Connections,
  'namespace' | 'cluster' | 'storage' | 'records' | 'close'
> & {
  poll?: number
}

/**
 * Picks the target; the one place where interfaces meet their implementations.
 *
 * @throws PkgError TARGET_INVALID, KUBECONFIG_INVALID
 */
export async function openConnections(
  flags: ConnectionFlags,
  io: Io,
  { signal, userAgent, asksNothing }: CommandRun,
): Promise<Connections> {
  const token = newToken()
  const now = (): Date => new Date(io.now())
  const progress = openProgress(flags, io)
  const onNotice = progress.note
  const lockTimeout = flags['lock-timeout'] ?? 300_000
  const run = { token, signal, lockTimeout, userAgent, asksNothing, now, onNotice }
  const target = await openTarget(flags, io, run)
  const { cluster, poll = LOCK_TIMES.poll } = target
  return {
    ...target,
    skipsPreflight: flags['no-preflight'],
    loadChart: (reference) => readChart(reference, flags, io, { signal }),
    render: async (input) => {
      const chart = await withUpstreamCrds(input.chart, input.values, siteOpener(flags, io, signal))
      return renderAtTarget(cluster, { ...input, chart }, signal)
    },
    identity: { token, host: hostname(), pid: process.pid, machine: await machineIdentity() },
    lock: {
      times: { ...LOCK_TIMES, poll },
      timeout: lockTimeout,
      staleAfter: flags['stale-after'] ?? 600_000,
      onWait: (holder) => onNotice(viewWait(holder)),
    },
    wait: waitSettings(flags, progress),
    now,
    signal,
    onNotice,
    close() {
      progress.close()
      target.close()
    },
  }
}

async function openTarget(
  flags: ConnectionFlags,
  io: Io,
  run: RunIdentity,
): Promise<TargetConnections> {
  const target = parseTarget(flags.target)
  if (target.kind === 'cluster') {
    const { openKubeTarget } = await import('./open-kube-target.ts')
    return openKubeTarget(flags, io, run)
  }
  const place = { path: target.path, files: openFiles(), token: run.token }
  return {
    namespace: 'default',
    cluster: openDirectoryCluster(place),
    storage: openDirectoryStorage(place),
    close: () => undefined,
  }
}

function viewWait(holder: Holder | undefined): string {
  if (holder === undefined) return 'waiting for another run that holds the release'
  return `waiting for "${holder.verb}" of process ${holder.pid} on ${holder.host}, since ${holder.since}`
}
