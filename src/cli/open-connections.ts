import { hostname } from 'node:os'
import type { Connections } from '../actions/connections.ts'
import { renderAtTarget } from '../actions/render-at-target.ts'
import { LOCK_TIMES } from '../apply/lock.ts'
import { PkgError } from '../base/errors.ts'
import { openFiles } from '../base/files.ts'
import { newToken } from '../base/folders.ts'
import { openDirectoryCluster } from '../cluster/directory-cluster.ts'
import { machineIdentity } from '../cluster/holder.ts'
import type { Holder } from '../cluster/lease.ts'
import { openDirectoryStorage } from '../storage/directory-storage.ts'
import { term } from '../output/term.ts'
import type { Io } from './io.ts'
import { readChart, type ChartFlags } from './read-chart.ts'
import { parseTarget } from './target.ts'

export interface ConnectionFlags extends ChartFlags {
  target?: string | undefined
  'lock-timeout'?: number | undefined
}

/**
 * Picks the target; the one place where interfaces meet their implementations.
 *
 * @throws PkgError TARGET_INVALID
 */
export async function openConnections(
  flags: ConnectionFlags,
  io: Io,
  signal: AbortSignal,
): Promise<Connections> {
  const { path } = parseTarget(requireTarget(flags.target))
  const token = newToken()
  const files = openFiles()
  const cluster = openDirectoryCluster({ path, files, token })
  return {
    cluster,
    storage: openDirectoryStorage({ path, files, token }),
    loadChart: (reference) => readChart(reference, flags, io, { signal }),
    render: (input) => renderAtTarget(cluster, input, signal),
    identity: { token, host: hostname(), pid: process.pid, machine: await machineIdentity() },
    lock: {
      times: LOCK_TIMES,
      timeout: flags['lock-timeout'] ?? 300_000,
      onWait: (holder) => io.err(`${term(viewWait(holder))}\n`),
    },
    now: () => new Date(io.now()),
    signal,
    onNotice: (notice) => io.err(`${term(notice)}\n`),
  }
}

function requireTarget(target: string | undefined): string {
  if (target !== undefined) return target
  throw new PkgError('TARGET_INVALID', 'no target is given', {
    hint: 'Add --target dir:PATH, or set KUBECTL_PKG_TARGET, to keep releases in a directory of manifests.',
  })
}

function viewWait(holder: Holder | undefined): string {
  if (holder === undefined) return 'waiting for another run that holds the release'
  return `waiting for "${holder.verb}" of process ${holder.pid} on ${holder.host}, since ${holder.since}`
}
