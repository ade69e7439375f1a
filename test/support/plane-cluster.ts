import { openApiCluster, type ApiClusterOptions } from '../../src/cluster/api-cluster.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { connect, type ConnectRequest } from '../../src/cluster/connect.ts'
import { openDiscovery, type Discovery } from '../../src/cluster/discovery-client.ts'
import { openTransport, type TransportOptions } from '../../src/cluster/http-transport.ts'
import type { LeaseStore } from '../../src/cluster/lease.ts'
import type { Transport } from '../../src/cluster/transport.ts'
import { plane } from './plane.ts'

export interface PlaneCluster {
  cluster: Cluster
  transport: Transport
  discovery: Discovery
  warnings: string[]
}

export interface PlaneClusterOptions extends Partial<ConnectRequest> {
  transport?: Partial<TransportOptions>
  cluster?: Partial<ApiClusterOptions>
  /** Folder of the discovery cache. */
  cache?: string
}

/** Opens the control plane as the program does: by a kubeconfig, that of an administrator by default. */
export function openPlaneCluster(options: PlaneClusterOptions = {}): PlaneCluster {
  const warnings: string[] = []
  const { endpoint } = connect({
    flags: {},
    env: { KUBECONFIG: plane().kubeconfig },
    home: '/nowhere',
    isTerminal: false,
    now: Date.now,
    ...options,
  })
  const transport = openTransport(endpoint, {
    userAgent: 'kubectl-pkg/test',
    onWarning: (text) => warnings.push(text),
    ...options.transport,
  })
  const { server, tls } = endpoint
  const cache = { folder: options.cache, server, ca: tls.ca, now: Date.now }
  const discovery = openDiscovery(transport, cache)
  // These tests take no lease.
  const leases = {} as LeaseStore
  const cluster = openApiCluster({ transport, discovery, leases, ...options.cluster })
  return { cluster, transport, discovery, warnings }
}
