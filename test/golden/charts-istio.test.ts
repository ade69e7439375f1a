import { describe, expect, test } from 'vitest'
import { decodeJsonPlain, encodeJson } from '../../src/encoding/json.ts'
import type { Json } from '../../src/base/json.ts'
import type { KubeObject } from '../../src/manifest/object.ts'
import { at, listAt, podSecurityOffences, podsOf } from '../support/gates.ts'
import { injectedInto, type IncomingPod } from '../support/istiod-template.ts'
import { renderOnce } from '../support/render-add-on.ts'


async function rendered(set: string[]): Promise<KubeObject[]> {
  return (await renderOnce('istio', { set })).objects
}

const POD: IncomingPod = {
  name: 'web',
  labels: { app: 'shop-web', version: 'v2' },
  annotations: { 'traffic.sidecar.istio.io/excludeInboundPorts': '9090' },
  containers: [{ name: 'web', ports: [8080, 8081] }],
}

/** A restricted pod with what the template lays over it. */
async function injectedPod(set: string[], pod: IncomingPod = POD): Promise<KubeObject> {
  const overlay = decodeJsonPlain(encodeJson(injectedInto(await rendered(set), pod)))
  return { apiVersion: 'v1', kind: 'Pod', ...(overlay as object) } as KubeObject
}

function named(pod: KubeObject, list: string): Json[] {
  return listAt(pod, 'spec', list).map(({ name = null }) => name)
}

function argument(pod: KubeObject, flag: string): Json {
  const args = at(pod, 'spec', 'initContainers', 0, 'args') as string[]
  return args[args.indexOf(flag) + 1] ?? null
}

describe('the template for injection', () => {
  test('with the plugin on the nodes, pods stay restricted', async () => {
    const pod = await injectedPod(['cni.enabled=true'])
    expect(named(pod, 'initContainers')).toEqual(['istio-validation'])
    expect(named(pod, 'containers')).toEqual(['istio-proxy'])
    expect(podSecurityOffences([pod])).toEqual([])
  })

  test('without it, the first container may change the network, and it alone', async () => {
    const pod = await injectedPod([])
    expect(named(pod, 'initContainers')).toEqual(['istio-init'])
    expect([...new Set(podSecurityOffences([pod]))].sort()).toEqual(
      ['capabilities added', 'runAsNonRoot', 'runAsUser 0', 'seccompProfile'].map(
        (offence) => `Pod/undefined: ${offence}`,
      ),
    )
  })

  test('annotations of the pod count, and the ports of the proxy are left alone', async () => {
    const pod = await injectedPod(['proxy.excludeRanges={10.0.0.0/8,192.0.2.0/24}'])
    expect(argument(pod, '-d')).toBe('9090,15020,15021,15090')
    expect(argument(pod, '-x')).toBe('10.0.0.0/8,192.0.2.0/24')
    expect(argument(pod, '-b')).toBe('*')
  })

  test('the proxy knows its workload, its mesh and where istiod is', async () => {
    const pod = await injectedPod(['mesh.trustDomain=example.org'])
    const env = new Map(
      listAt(pod, 'spec', 'containers', 0, 'env').map(({ name, value }) => [name, value]),
    )
    expect(env.get('CA_ADDR')).toBe('istiod.edge.svc:15012')
    expect(env.get('TRUST_DOMAIN')).toBe('example.org')
    expect(env.get('ISTIO_META_OWNER')).toBe(
      'kubernetes://apis/apps/v1/namespaces/shop/deployments/web',
    )
    expect(JSON.parse(env.get('ISTIO_META_POD_PORTS') as string)).toMatchObject([
      { containerPort: 8080, protocol: 'TCP' },
      { containerPort: 8081, protocol: 'TCP' },
    ])
    expect(JSON.parse(env.get('PROXY_CONFIG') as string)).toMatchObject({
      discoveryAddress: 'istiod.edge.svc:15012',
    })
    expect(at(pod, 'metadata', 'labels')).toEqual({
      'security.istio.io/tlsMode': 'istio',
      'service.istio.io/canonical-name': 'shop-web',
      'service.istio.io/canonical-revision': 'v2',
    })
  })

  test('where the pod asks for it, the proxy is an init container that stays', async () => {
    const annotations = { 'sidecar.istio.io/nativeSidecar': 'true' }
    const pod = await injectedPod([], { ...POD, annotations })
    expect(named(pod, 'initContainers')).toEqual(['istio-init', 'istio-proxy'])
    expect(named(pod, 'containers')).toEqual([])
    expect(at(pod, 'spec', 'initContainers', 1, 'restartPolicy')).toBe('Always')
  })
})

test.each([[['profile=sidecar']], [['revision=1-30', 'revisionTags={default,prod}']]])(
  'every webhook leads to a port of istiod, and is of its revision: %s',
  async (set) => {
    const objects = await rendered(set)
    const istiod = objects.find((each) => each.kind === 'Deployment' && isIstiod(each))
    const service = objects.find((each) => each.kind === 'Service' && isIstiod(each))
    const container = podsOf(istiod as KubeObject).map(({ spec }) => at(spec, 'containers', 0))[0]
    const port = listAt(service as KubeObject, 'spec', 'ports').find((each) => each['port'] === 443)
    const target = listAt(container as Json, 'ports').find((each) => each['name'] === port?.['targetPort'])
    expect(target?.['containerPort']).toBe(15017)

    const revision = listAt(container as Json, 'env').find((each) => each['name'] === 'REVISION')
    const configurations = objects.filter(({ kind }) => kind.endsWith('WebhookConfiguration'))
    expect(configurations.length).toBeGreaterThan(1)
    for (const each of configurations) {
      expect(at(each, 'metadata', 'labels', 'istio.io/rev')).toBe(revision?.['value'])
      for (const webhook of listAt(each, 'webhooks')) {
        expect(at(webhook, 'clientConfig', 'service')).toMatchObject({
          name: service?.metadata.name,
          namespace: service?.metadata['namespace'],
          port: 443,
        })
      }
    }
  },
)

function isIstiod(object: KubeObject): boolean {
  return at(object, 'metadata', 'labels', 'istio') === 'pilot'
}

test('shares of traffic go to subsets that the DestinationRule names', async () => {
  const objects = await rendered([
    'traffic.reviews.versions.v1=90,traffic.reviews.versions.v3=10',
    'traffic.reviews.headers[0].name=End-User,traffic.reviews.headers[0].value=jason,traffic.reviews.headers[0].version=v2',
  ])
  const find = (kind: string): KubeObject => objects.find((each) => each.kind === kind) as KubeObject
  const subsets = listAt(find('DestinationRule'), 'spec', 'subsets').map(({ name }) => name)
  expect(subsets).toEqual(['v1', 'v2', 'v3'])
  const routes = listAt(find('VirtualService'), 'spec', 'http').map((http) =>
    listAt(http, 'route').map((route) => [at(route, 'destination', 'subset'), at(route, 'weight')]),
  )
  expect(routes).toEqual([[['v2', null]], [['v1', 90], ['v3', 10]]])
})

test.each([
  {
    set: 'traffic.reviews.versions.v1=90,traffic.reviews.versions.v3=20',
    want: 'traffic.reviews.versions add up to 110 percent, not 100',
  },
  { set: 'revision=a,revisionTags={a}', want: 'revisionTags: "a" is the name of the revision itself' },
  { set: 'revisionTags={default}', want: 'this control plane is the default already' },
  { set: 'revision=a,revisionTags={b},profile=ambient', want: 'the profile ambient puts none in' },
  {
    set: 'istiod.autoscaling.minReplicas=9',
    want: 'istiod.autoscaling.minReplicas is more than maxReplicas',
  },
])('refused: $set', async ({ set, want }) => {
  await expect(rendered([set])).rejects.toThrow(want)
})
