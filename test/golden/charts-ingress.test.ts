import { expect, test } from 'vitest'
import type { Json } from '../../src/base/json.ts'
import { PkgError } from '../../src/base/errors.ts'
import { objectKey, type KubeObject } from '../../src/manifest/object.ts'
import {
  at,
  brokenReferences,
  listAt,
  podSecurityOffences,
  podsOf,
  rbacOffences,
} from '../support/gates.ts'
import { pairwise } from '../support/pairwise.ts'
import { loadAddOn, renderAddOn } from '../support/render-add-on.ts'
import { flagOffences } from '../support/traefik-flags.ts'

const chart = loadAddOn('ingress')

async function objectsOf(...set: string[]): Promise<KubeObject[]> {
  return (await renderAddOn(chart, { set })).objects
}

/** Settings of each switch, as --set has them. */
const rows = pairwise({
  preset: ['', 'small', 'ha'],
  kind: ['kind=Deployment', 'kind=DaemonSet'],
  exposure: [
    'exposure.type=LoadBalancer,exposure.sourceRanges={192.0.2.0/24},exposure.loadBalancerClass=x/y',
    'exposure.type=NodePort,ports.web.nodePort=30080',
    'exposure.type=ClusterIP',
    'exposure.type=HostPort,ports.websecure.exposed=8443',
  ],
  providers: [
    'providers.ingress=true',
    'providers.ingress=false,providers.nginxCompat.enabled=true',
    'providers.ingress=false,providers.gatewayApi.enabled=true',
    'providers.nginxCompat.enabled=true',
    'providers.nginxCompat.enabled=true,providers.gatewayApi.enabled=true',
  ],
  classes: [
    'ingressClass.default=true',
    'ingressClass.create=false,providers.nginxCompat.createClass=true,providers.gatewayApi.createClass=false',
  ],
  namespaces: ['', 'providers.namespaces={edge}', 'providers.namespaces={shop,blog}'],
  certificate: ['', 'tls.defaultCertificate=wildcard'],
  proxies: ['', 'trustedProxies={10.0.0.0/8,192.0.2.7}'],
  metrics: ['', 'metrics.enabled=false', 'metrics.annotatePods=false'],
  dashboard: ['', 'dashboard=true'],
  redirect: ['', 'redirectToHttps=true'],
  autoscaling: ['', 'autoscaling.enabled=true'],
  budget: ['', 'podDisruptionBudget.enabled=true', 'podDisruptionBudget.minAvailable=50%'],
  spread: ['', 'spread=true'],
  account: ['', 'serviceAccount.name=proxy', 'serviceAccount.create=false'],
  rbac: ['', 'rbac.create=false'],
  log: ['', 'log.access=true,log.level=DEBUG'],
  image: [
    '',
    'image.registry=r.example.com,image.tag=v3.7.12,image.pullSecrets={login}',
    `image.digest=sha256:${'0'.repeat(64)}`,
  ],
  placing: ['', 'nodeSelector.disk=ssd,tolerations[0].operator=Exists,priorityClassName=high'],
}).map((row) => ({ row, name: Object.values(row).filter(Boolean).join(' ') }))

test.each(rows)('$name', async ({ row: { preset = '', ...row } }) => {
  const set = Object.values(row).filter(Boolean)
  const { objects } = await renderAddOn(chart, { preset: preset === '' ? [] : [preset], set })
  const isHostPort = row['exposure']?.includes('HostPort') === true
  const isReadingAll = row['namespaces'] === '' && row['rbac'] === ''
  expect({
    references: brokenReferences(objects),
    podSecurity: podSecurityOffences(objects).map((offence) => offence.replace(/.*: /, '')),
    rbac: rbacOffences(objects),
    flags: objects.flatMap(argumentsOf).flatMap((args) => flagOffences(args)),
    twice: repeated(objects.map((object) => objectKey(object))),
    apis: [...new Set(objects.map(apiOf))].filter((api) => !APIS.has(api)),
    lost: objects.filter((object) => !isPlaced(object)).map((object) => objectKey(object)),
    privileged: portsOf(objects).filter((port) => port < 1024),
  }).toEqual({
    references: [],
    podSecurity: isHostPort ? ['hostPort'] : [],
    rbac: isReadingAll ? ['ClusterRole/edge-edge-ingress: secrets of all namespaces'] : [],
    flags: [],
    twice: [],
    apis: [],
    lost: [],
    privileged: [],
  })
})

test('any two settings of different switches meet in a row', () => {
  const names = Object.keys(rows[0]?.row ?? {})
  const met = (left: string, right: string): number =>
    new Set(rows.map(({ row }) => `${row[left]} ${row[right]}`)).size
  const settings = (name: string): number => new Set(rows.map(({ row }) => row[name])).size
  const missed = names.flatMap((left, index) =>
    names
      .slice(index + 1)
      .filter((right) => met(left, right) < settings(left) * settings(right))
      .map((right) => `${left} and ${right}`),
  )
  expect({ missed, rows: rows.length }).toEqual({ missed: [], rows: 24 })
})

/** What Kubernetes 1.25 to 1.37 serve, and the Gateway API's CRDs. */
const APIS = new Set([
  'apps/v1 DaemonSet',
  'apps/v1 Deployment',
  'autoscaling/v2 HorizontalPodAutoscaler',
  'gateway.networking.k8s.io/v1 GatewayClass',
  'networking.k8s.io/v1 IngressClass',
  'policy/v1 PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1 ClusterRole',
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding',
  'rbac.authorization.k8s.io/v1 Role',
  'rbac.authorization.k8s.io/v1 RoleBinding',
  'v1 ConfigMap',
  'v1 Pod',
  'v1 Service',
  'v1 ServiceAccount',
])

const CLUSTER_WIDE = new Set(['ClusterRole', 'ClusterRoleBinding', 'IngressClass', 'GatewayClass'])

function apiOf({ apiVersion, kind }: KubeObject): string {
  return `${apiVersion} ${kind}`
}

function wordsOf(list: Json | undefined): string {
  return Array.isArray(list) ? list.map(String).join(',') : ''
}

function isPlaced(object: KubeObject): boolean {
  return CLUSTER_WIDE.has(object.kind) === (at(object, 'metadata', 'namespace') === null)
}

function argumentsOf(object: KubeObject): string[][] {
  return podsOf(object).flatMap(({ spec }) =>
    listAt(spec, 'containers').flatMap((container) => {
      const args = at(container, 'args')
      return Array.isArray(args) ? [args.map(String)] : []
    }),
  )
}

function portsOf(objects: readonly KubeObject[]): number[] {
  const pods = objects.flatMap((object) => podsOf(object))
  const containers = pods.flatMap(({ spec }) => listAt(spec, 'containers'))
  return containers
    .flatMap((each) => listAt(each, 'ports'))
    .map((port) => Number(port['containerPort']))
}

function repeated(texts: readonly string[]): string[] {
  return texts.filter((text, index) => texts.indexOf(text) !== index)
}

// What each provider lists and watches, and whose status it updates, is in Traefik 3.7.9's
// pkg/provider/kubernetes/{ingress,ingress-nginx,gateway}/client.go.
test.each([
  {
    set: ['providers.ingress=true'],
    want: {
      ClusterRole: [
        'networking.k8s.io: ingressclasses: list,watch',
        ': nodes: list,watch',
        ': services,secrets: list,watch',
        'discovery.k8s.io: endpointslices: list,watch',
        'networking.k8s.io: ingresses: list,watch',
        'networking.k8s.io: ingresses/status: update',
      ],
      Role: [],
    },
  },
  {
    set: [
      'providers.ingress=false',
      'providers.nginxCompat.enabled=true',
      'providers.namespaces={shop}',
    ],
    want: {
      ClusterRole: ['networking.k8s.io: ingressclasses: list,watch', ': namespaces: list,watch'],
      Role: [
        ': services,secrets: list,watch',
        'discovery.k8s.io: endpointslices: list,watch',
        ': configmaps: list,watch',
        'networking.k8s.io: ingresses: list,watch',
        'networking.k8s.io: ingresses/status: update',
      ],
    },
  },
  {
    set: [
      'providers.ingress=false',
      'providers.gatewayApi.enabled=true',
      'providers.namespaces={shop}',
    ],
    want: {
      ClusterRole: [
        ': namespaces: list,watch',
        'gateway.networking.k8s.io: gatewayclasses: list,watch',
        'gateway.networking.k8s.io: gatewayclasses/status: update',
      ],
      Role: [
        ': services,secrets: list,watch',
        'discovery.k8s.io: endpointslices: list,watch',
        ': configmaps: list,watch',
        'gateway.networking.k8s.io: gateways,httproutes,grpcroutes,tlsroutes,referencegrants,backendtlspolicies: list,watch',
        'gateway.networking.k8s.io: gateways/status,httproutes/status,grpcroutes/status,tlsroutes/status,backendtlspolicies/status: update',
      ],
    },
  },
])('the rights of $set', async ({ set, want }) => {
  const objects = await objectsOf(...set)
  const rights = (kind: string): string[] =>
    objects
      .filter((object) => object.kind === kind)
      .flatMap((object) => listAt(object, 'rules'))
      .map((rule) =>
        ['apiGroups', 'resources', 'verbs'].map((name) => wordsOf(rule[name])).join(': '),
      )
  expect({ ClusterRole: rights('ClusterRole'), Role: rights('Role') }).toEqual(want)
})

test('a port of the node is given up before the next pod takes it', async () => {
  const objects = await objectsOf('exposure.type=HostPort')
  const workload = objects.find(({ kind }) => kind === 'Deployment') ?? null
  expect(at(workload, 'spec', 'strategy', 'rollingUpdate')).toEqual({
    maxUnavailable: 1,
    maxSurge: 0,
  })
})

test.each([
  {
    set: ['providers.ingress=false'],
    want: 'turn on one of providers.ingress, providers.nginxCompat.enabled and providers.gatewayApi.enabled: without them there is nothing to serve',
  },
  {
    set: ['providers.nginxCompat.enabled=true', 'ingressClass.name=nginx'],
    want: 'providers.nginxCompat.className and ingressClass.name are both "nginx": two providers would serve the same objects',
  },
  {
    set: ['drainSeconds=55'],
    want: 'terminationGracePeriodSeconds must be more than 5 seconds longer than drainSeconds: pods would be killed with requests open',
  },
])('$set is refused', async ({ set, want }) => {
  const failure = await objectsOf(...set).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(PkgError)
  expect((failure as PkgError).message).toContain(want)
})

test.each([
  'replica=2',
  'exposure.type=Loadbalancer',
  'image.latest=true',
  'image.digest=abc',
  'ports.web.exposed=0',
  'trustedProxies={all}',
  'podDisruptionBudget.minAvailable=half',
  'extraArgs={log.level=DEBUG}',
  'log.level=info',
])('the schema refuses %s', async (set) => {
  const failure = await objectsOf(set).catch((error: unknown) => error)
  expect((failure as PkgError).code).toBe('VALUES_REJECTED')
})

test('charts may share global values with it', async () => {
  expect(await objectsOf('global.registry=r.example.com')).toEqual(await objectsOf())
})
