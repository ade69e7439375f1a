import { BlockList, isIPv6 } from 'node:net'
import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts'
import type { KubeObject } from '../../src/manifest/object.ts'
import { at, listAt } from './gates.ts'

/** A pod, or with an address alone something outside the cluster. */
export interface Peer {
  address: string
  namespace?: string
  labels?: Record<string, string>
  namespaceLabels?: Record<string, string>
  /** Numbers of named ports. */
  ports?: Record<string, number>
}

export interface Call {
  from: Peer
  to: Peer
  port: number
  protocol?: string
}

/**
 * Whether NetworkPolicies let a call through: the caller's policies let it out, and those of
 * the one that is called let it in. Who no policy of a direction chooses, is open in it.
 *
 * Source: kubernetes.io/docs/concepts/services-networking/network-policies.
 */
export function isReachable(policies: readonly KubeObject[], call: Call): boolean {
  return (
    isLetThrough(policies, call, { side: 'Egress', self: call.from, other: call.to }) &&
    isLetThrough(policies, call, { side: 'Ingress', self: call.to, other: call.from })
  )
}

interface Direction {
  side: 'Ingress' | 'Egress'
  self: Peer
  other: Peer
}

function isLetThrough(policies: readonly KubeObject[], call: Call, direction: Direction): boolean {
  const { side, self, other } = direction
  const chosen = policies.filter(
    (policy) =>
      self.namespace !== undefined &&
      policy.metadata['namespace'] === self.namespace &&
      typesOf(policy).includes(side) &&
      isChosen(at(policy, 'spec', 'podSelector'), self.labels),
  )
  if (chosen.length === 0) return true
  return chosen.some((policy) =>
    listAt(policy, 'spec', side.toLowerCase()).some(
      (rule) =>
        hasPeer(rule[side === 'Ingress' ? 'from' : 'to'] ?? null, other, self) &&
        hasPort(rule['ports'] ?? null, call),
    ),
  )
}

function typesOf(policy: KubeObject): Json[] {
  const types = at(policy, 'spec', 'policyTypes')
  if (Array.isArray(types)) return types
  return at(policy, 'spec', 'egress') === null ? ['Ingress'] : ['Ingress', 'Egress']
}

/** No peers, or an empty list of them, are all peers. */
function hasPeer(peers: Json, other: Peer, self: Peer): boolean {
  if (!Array.isArray(peers) || peers.length === 0) return true
  return peers.filter(isJsonObject).some((peer) => isPeer(peer, other, self))
}

function isPeer(peer: JsonObject, other: Peer, self: Peer): boolean {
  const { ipBlock = null, namespaceSelector = null, podSelector = null } = peer
  if (isJsonObject(ipBlock)) return isInBlock(ipBlock, other.address)
  if (other.namespace === undefined) return false
  const isPlaced =
    namespaceSelector === null
      ? other.namespace === self.namespace
      : isChosen(namespaceSelector, {
          ...other.namespaceLabels,
          'kubernetes.io/metadata.name': other.namespace,
        })
  return isPlaced && (podSelector === null || isChosen(podSelector, other.labels))
}

function isInBlock({ cidr, except = [] }: JsonObject, address: string): boolean {
  const excluded = Array.isArray(except) ? except.map(String) : []
  if (typeof cidr !== 'string') throw new Error('an ipBlock needs a cidr')
  return contains(cidr, address) && !excluded.some((each) => contains(each, address))
}

function contains(cidr: string, address: string): boolean {
  const [base = '', bits = ''] = cidr.split('/')
  const list = new BlockList()
  list.addSubnet(base, Number(bits), isIPv6(base) ? 'ipv6' : 'ipv4')
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

function hasPort(ports: Json, { to, port, protocol = 'TCP' }: Call): boolean {
  if (!Array.isArray(ports) || ports.length === 0) return true
  return ports.filter(isJsonObject).some((each) => {
    if ((each['protocol'] ?? 'TCP') !== protocol) return false
    const first = typeof each['port'] === 'string' ? to.ports?.[each['port']] : each['port']
    if (first === undefined || first === null) return each['port'] === undefined
    return port >= Number(first) && port <= Number(each['endPort'] ?? first)
  })
}

/** Only `matchLabels`; a selector with expressions is an error of the test. */
function isChosen(selector: Json, labels: Record<string, string> = {}): boolean {
  if (isJsonObject(selector) && 'matchExpressions' in selector) {
    throw new Error('matchExpressions are not evaluated')
  }
  const wanted = at(selector, 'matchLabels')
  return (
    !isJsonObject(wanted) || Object.entries(wanted).every(([key, value]) => labels[key] === value)
  )
}
