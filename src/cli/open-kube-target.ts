import { join } from 'node:path'
import { LOCK_TIMES } from '../apply/lock.ts'
import { openApiCluster } from '../cluster/api-cluster.ts'
import { connect } from '../cluster/connect.ts'
import { openDiscovery } from '../cluster/discovery-client.ts'
import { openTransport } from '../cluster/http-transport.ts'
import { guardWrites, kubeLeases } from '../cluster/kube-leases.ts'
import { openKubeStorage } from '../storage/kube-storage.ts'
import { foldersOf, homeOf } from './home-folders.ts'
import type { Io } from './io.ts'
import { kubeFlagsOf, type GivenClusterFlags } from './kube-flags.ts'
import type { RunIdentity, TargetConnections } from './open-connections.ts'
import { recordKindOf } from './record-kind.ts'

/** Between two looks at a Lease that somebody else holds, in milliseconds. */
const POLL = 500

/**
 * Opens the API server that flags and kubeconfig mean; nothing is sent yet.
 *
 * @throws PkgError KUBECONFIG_INVALID, TARGET_INVALID for a storage that is not ours
 */
export function openKubeTarget(
  flags: GivenClusterFlags,
  io: Io,
  { token, signal, lockTimeout, userAgent, asksNothing, now, onNotice }: RunIdentity,
): TargetConnections {
  const kind = recordKindOf(flags.storage, io.env['HELM_DRIVER'])
  const { endpoint, namespace } = connect({
    flags: kubeFlagsOf(flags),
    env: io.env,
    home: homeOf(io.env),
    isTerminal: io.isTerminal,
    isExecDenied: flags['exec-plugins'] === 'deny',
    asksNothing,
    now: () => io.now(),
    onNotice,
  })
  const timeout = flags['request-timeout'] ?? 0
  const transport = openTransport(endpoint, {
    userAgent,
    onWarning: (text) => onNotice(`warning: ${text}`),
    ...(timeout > 0 && { times: { answer: timeout } }),
  })
  const discovery = openDiscovery(transport, {
    folder: join(foldersOf(io.env).cache, 'discovery'),
    server: endpoint.server,
    ca: endpoint.tls.ca,
    now: () => io.now(),
  })
  const patience = { time: lockTimeout, signal, onWait: onNotice }
  const leases = kubeLeases({ transport, expiry: LOCK_TIMES.expiry, patience, onNotice })
  const guarded = guardWrites(transport, leases)
  return {
    namespace: namespace ?? 'default',
    cluster: openApiCluster({ transport: guarded, discovery, leases }),
    storage: openKubeStorage({ transport: guarded, kind, token, now, signal, onNotice }),
    records: kind === 'secret' ? 'Secret' : 'ConfigMap',
    poll: POLL,
    close: () => transport.close(),
  }
}
