import { expect, test } from 'vitest'
import type { Json } from '../../src/base/json.ts'
import { PkgError } from '../../src/base/errors.ts'
import type { KubeObject } from '../../src/manifest/object.ts'
import { addOn } from '../add-ons/ingress.ts'
import { givenBy, rowsOf } from '../support/add-on-case.ts'
import { at, listAt, podsOf } from '../support/gates.ts'
import { renderOnce } from '../support/render-add-on.ts'
import { flagOffences } from '../support/traefik-flags.ts'


async function objectsOf(...set: string[]): Promise<KubeObject[]> {
  return (await renderOnce('ingress', { set })).objects
}

test.each(rowsOf(addOn).map((row) => ({ row, name: Object.values(row).filter(Boolean).join(' ') })))(
  'Traefik knows its arguments: $name',
  async ({ row }) => {
    const { objects } = await renderOnce('ingress', givenBy(row))
    expect(objects.flatMap(argumentsOf).flatMap((args) => flagOffences(args))).toEqual([])
  },
)

function argumentsOf(object: KubeObject): string[][] {
  return podsOf(object).flatMap(({ spec }) =>
    listAt(spec, 'containers').flatMap((container) => {
      const args = at(container, 'args')
      return Array.isArray(args) ? [args.map(String)] : []
    }),
  )
}

function wordsOf(list: Json | undefined): string {
  return Array.isArray(list) ? list.map(String).join(',') : ''
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
  {
    set: ['exposure.type=HostNetwork', 'dashboard=true'],
    want: 'the dashboard has no login, and with exposure.type HostNetwork whoever reaches a node would reach it',
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

test('on the network of the nodes only a low port needs root, and ports of others are left alone', async () => {
  const [low] = await podOf('exposure.type=HostNetwork')
  expect(low).toMatchObject({
    spec: {
      hostNetwork: true,
      securityContext: { runAsUser: 0 },
      containers: [{ securityContext: { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } } }],
    },
  })
  const [high] = await podOf(
    'exposure.type=HostNetwork',
    'ports.web.exposed=8080',
    'ports.websecure.exposed=8443',
  )
  expect(high?.spec).toMatchObject({ securityContext: { runAsNonRoot: true, runAsUser: 65532 } })
  const ports = listAt(listAt(high?.spec ?? null, 'containers')[0] ?? null, 'ports')
  expect(ports.map((port) => port['containerPort'])).toEqual([8080, 8443, 9180, 9190])
})

async function podOf(...set: string[]) {
  return (await objectsOf(...set)).filter(({ kind }) => kind === 'Deployment').flatMap(podsOf)
}
