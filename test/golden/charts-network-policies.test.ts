import { expect, test } from 'vitest'
import { isReachable, type Peer } from '../support/reachability.ts'
import { renderOnce } from '../support/render-add-on.ts'

const shop = { namespace: 'shop', namespaceLabels: { 'kubectl-pkg/tenant': 'edge' } }
const PEERS: Readonly<Record<string, Peer>> = {
  front: { ...shop, address: '10.244.0.1', labels: { tier: 'front' }, ports: { http: 8080 } },
  back: { ...shop, address: '10.244.0.2', labels: { tier: 'back' }, ports: { http: 8081 } },
  test: {
    namespace: 'shop-test',
    namespaceLabels: { 'kubectl-pkg/tenant': 'edge' },
    address: '10.244.0.3',
  },
  other: { namespace: 'blog', address: '10.244.0.4' },
  proxy: { namespace: 'ingress', address: '10.244.0.5', labels: { app: 'edge' } },
  meter: { namespace: 'monitoring', address: '10.244.0.6' },
  dns: { namespace: 'kube-system', address: '10.244.0.7', labels: { 'k8s-app': 'kube-dns' } },
  api: { namespace: 'kube-system', address: '10.244.0.8', labels: { component: 'apiserver' } },
  node: { address: '169.254.20.10' },
  database: { address: '10.20.0.9' },
  world: { address: '203.0.113.9' },
}

/** Calls as `from → to:port`, with `/UDP` for that. */
const CALLS = [
  'front → back:8080',
  'back → front:8080',
  'front → test:80',
  'test → front:80',
  'other → front:8080',
  'front → other:80',
  'proxy → front:8080',
  'proxy → front:9090',
  'proxy → back:8081',
  'meter → front:9090',
  'front → dns:53/UDP',
  'front → dns:53',
  'front → dns:9153',
  'front → api:6443',
  'front → node:53/UDP',
  'front → database:5432',
  'front → database:5433',
  'front → world:443',
  'world → front:8080',
  'other → test:80',
]

async function openCalls(chart: string, set: string[]): Promise<string[]> {
  const { objects } = await renderOnce(chart, { set })
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy')
  return CALLS.filter((call) => {
    const [from = '', to = '', port = '', protocol] = call.split(/ → |[:/]/)
    return isReachable(policies, {
      from: peer(from),
      to: peer(to),
      port: Number(port),
      ...(protocol !== undefined && { protocol }),
    })
  })
}

function peer(name: string): Peer {
  const found = PEERS[name]
  if (found === undefined) throw new Error(`no peer ${name}`)
  return found
}

const OWN = ['front → back:8080', 'back → front:8080']
const DNS = ['front → dns:53/UDP', 'front → dns:53']
const UNGUARDED = ['other → test:80']

test.each([
  { set: [], want: [...OWN, ...DNS, ...UNGUARDED] },
  { set: ['sameNamespace=false', 'dns.enabled=false'], want: UNGUARDED },
  {
    set: ['denyEgress=false'],
    want: CALLS.filter((call) => call.startsWith('front') || OWN.includes(call) || UNGUARDED.includes(call)),
  },
  {
    set: ['denyIngress=false'],
    want: CALLS.filter(
      (call) => !call.startsWith('front') || OWN.includes(call) || DNS.includes(call),
    ),
  },
  {
    set: ['podLabels.tier=back'],
    want: CALLS.filter((call) => call !== 'proxy → back:8081'),
  },
  {
    set: ['fromIngress.enabled=true', 'fromIngress.ports={http}', 'fromMonitoring.enabled=true'],
    want: [
      ...OWN,
      'proxy → front:8080',
      'proxy → back:8081',
      'meter → front:9090',
      ...DNS,
      ...UNGUARDED,
    ],
  },
  {
    set: ['fromIngress.enabled=true', 'fromIngress.podLabels.app=another'],
    want: [...OWN, ...DNS, ...UNGUARDED],
  },
  {
    set: ['fromNamespaces={blog}', 'toNamespaces={shop-test}', 'dns.nodeLocal={169.254.20.10/32}'],
    want: [
      ...OWN,
      'front → test:80',
      'other → front:8080',
      ...DNS,
      'front → node:53/UDP',
      ...UNGUARDED,
    ],
  },
  {
    set: ['egress[0].cidr=10.20.0.0/16,egress[0].ports[0].port=5432'],
    want: [...OWN, ...DNS, 'front → database:5432', ...UNGUARDED],
  },
  {
    set: ['egress[0].cidr=0.0.0.0/0,egress[0].except={10.0.0.0/8,169.254.0.0/16}'],
    want: [...OWN, ...DNS, 'front → world:443', ...UNGUARDED],
  },
])('network-policies with $set', async ({ set, want }) => {
  expect(await openCalls('network-policies', ['namespaces={shop}', ...set])).toEqual(want)
})

test.each([
  { set: [], want: [...OWN, ...DNS] },
  { set: ['networkPolicy.enabled=false'], want: CALLS },
  {
    set: ['networkPolicy.allowTenant=true'],
    want: [...OWN, 'front → test:80', 'test → front:80', ...DNS],
  },
  { set: ['networkPolicy.allowSameNamespace=false', 'networkPolicy.allowDns=false'], want: [] },
  {
    set: ['networkPolicy.allowFrom={ingress}', 'networkPolicy.allowTo={203.0.113.0/24}'],
    want: [
      ...OWN,
      'proxy → front:8080',
      'proxy → front:9090',
      'proxy → back:8081',
      ...DNS,
      'front → world:443',
    ],
  },
  {
    set: ['namespaces.shop-test.networkPolicy.enabled=false'],
    want: [...OWN, ...DNS, ...UNGUARDED],
  },
])('tenant with $set', async ({ set, want }) => {
  const namespaces = ['namespaces.shop.labels.a=b', 'namespaces.shop-test.labels.a=b']
  expect(await openCalls('tenant', [...namespaces, ...set])).toEqual(want)
})
