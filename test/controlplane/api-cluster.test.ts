import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import type { KubeObject } from '../../src/manifest/object.ts'
import { refOf } from '../../src/cluster/cluster.ts'
import { listObjects } from '../../src/cluster/list-objects.ts'
import type { Transport } from '../../src/cluster/transport.ts'
import { eventually, freshNamespace, kubectlOk, uniqueName } from '../support/plane.ts'
import { openPlaneCluster } from '../support/plane-cluster.ts'

function configMap(namespace: string, name: string, data: Record<string, string> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data }
}

function deployment(namespace: string, name: string, labels = { app: name }): KubeObject {
  const containers = [{ name: 'web', image: 'example.test/web:1' }]
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    },
  }
}

describe('apply', () => {
  test('tells created, updated and unchanged apart, and leaves the fields of others', async () => {
    const { cluster } = openPlaneCluster()
    const namespace = await freshNamespace()
    const first = await cluster.apply(configMap(namespace, 'a', { k: 'v' }))
    const seen = first.object.metadata['resourceVersion'] as string
    const again = await cluster.apply(configMap(namespace, 'a', { k: 'v' }), { seen })
    await kubectlOk(['patch', 'cm/a', `-n${namespace}`, '--patch={"data":{"other":"x"}}'])
    const other = await cluster.apply(configMap(namespace, 'a', { k: 'w' }), { seen })
    expect([first.result, again.result, other.result]).toEqual(['created', 'unchanged', 'updated'])
    expect(other.object['data']).toEqual({ k: 'w', other: 'x' })
    expect(await cluster.get(refOf(other.object))).toEqual(other.object)
  })

  test('names every field in conflict and its manager; force takes them over', async () => {
    const { cluster } = openPlaneCluster()
    const namespace = await freshNamespace()
    await cluster.apply(deployment(namespace, 'web'))
    await kubectlOk(['scale', 'deployment/web', '--replicas=3', `-n${namespace}`])
    await kubectlOk(['set', 'image', 'deployment/web', 'web=example.test/web:2', `-n${namespace}`])
    const failure = cluster.apply(deployment(namespace, 'web'))
    await expect(failure).rejects.toMatchObject({
      code: 'FIELD_CONFLICT',
      exit: 4,
      message: 'Deployment/web has 2 fields that somebody else manages',
      conflicts: expect.arrayContaining([
        { field: '.spec.replicas', manager: 'kubectl', operation: 'Update' },
        {
          field: '.spec.template.spec.containers[name="web"].image',
          manager: 'kubectl-set',
          operation: 'Update',
        },
      ]) as unknown,
    })
    const { object } = await cluster.apply(deployment(namespace, 'web'), { force: true })
    expect(object['spec']).toMatchObject({ replicas: 1 })
  })

  test('many who apply their own fields at once all come through', async () => {
    const namespace = await freshNamespace()
    const writers = Array.from({ length: 12 }, (_, index) => `w${index}`)
    const { cluster } = openPlaneCluster()
    await Promise.all(
      writers.map(async (fieldManager) => {
        const own = openPlaneCluster({ cluster: { fieldManager } }).cluster
        for (const word of ['a', 'b', 'c']) {
          await own.apply(configMap(namespace, 'shared', { [fieldManager]: word }))
        }
      }),
    )
    const live = await cluster.get(refOf(configMap(namespace, 'shared')))
    expect(live?.['data']).toEqual(Object.fromEntries(writers.map((name) => [name, 'c'])))
  })

  test('a preview shows defaults and writes nothing', async () => {
    const { cluster } = openPlaneCluster()
    const namespace = await freshNamespace()
    const shown = await cluster.preview(deployment(namespace, 'web'))
    expect(shown['spec']).toMatchObject({ progressDeadlineSeconds: 600 })
    expect(await cluster.get(refOf(shown))).toBeUndefined()
  })

  test.each([
    {
      what: 'a field that a kind does not have',
      change: (object: KubeObject) => ({
        ...object,
        spec: { ...(object['spec'] as object), replica: 1 },
      }),
      code: 'OBJECT_INVALID',
      text: /replica/,
    },
    {
      what: 'a value that makes no sense',
      change: (object: KubeObject) => ({
        ...object,
        spec: { ...(object['spec'] as object), replicas: -1 },
      }),
      code: 'OBJECT_INVALID',
      text: /spec\.replicas: Invalid value: -1/,
    },
    {
      what: 'a value of another type',
      change: (object: KubeObject) => ({
        ...object,
        spec: { ...(object['spec'] as object), replicas: 'two' },
      }),
      code: 'OBJECT_INVALID',
      text: /replicas/,
    },
    {
      what: 'a namespace that is not there',
      change: (object: KubeObject) => ({
        ...object,
        metadata: { name: 'web', namespace: 'nowhere-x' },
      }),
      code: 'NAMESPACE_MISSING',
      text: /namespaces "nowhere-x" not found/,
    },
    {
      what: 'a kind that is not there',
      change: (object: KubeObject) => ({ ...object, apiVersion: 'apps/v1beta1' }),
      code: 'KIND_UNKNOWN',
      text: /It serves apps\/v1/,
    },
  ])('$what is $code', async ({ change, code, text }) => {
    const { cluster } = openPlaneCluster()
    const object = change(deployment(await freshNamespace(), 'web')) as KubeObject
    const error = await cluster.apply(object).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code })
    const { message, details, hint } = error as {
      message: string
      details: string[]
      hint?: string
    }
    expect([message, ...details, hint ?? ''].join('\n')).toMatch(text)
  })

  test.each([
    {
      what: 'selector',
      build: (namespace: string) => [
        deployment(namespace, 'web'),
        deployment(namespace, 'web', { app: 'other' }),
      ],
    },
    {
      what: 'data of an immutable ConfigMap',
      build: (namespace: string) => [
        { ...configMap(namespace, 'fixed', { a: '1' }), immutable: true },
        { ...configMap(namespace, 'fixed', { a: '2' }), immutable: true },
      ],
    },
    {
      what: 'template of a Job',
      build: (namespace: string) => ['a', 'b'].map((image) => job(namespace, image)),
    },
    {
      what: 'claims of a StatefulSet',
      build: (namespace: string) => ['1Gi', '2Gi'].map((size) => statefulSet(namespace, size)),
    },
    {
      what: 'role of a RoleBinding',
      build: (namespace: string) => ['view', 'edit'].map((role) => roleBinding(namespace, role)),
    },
    {
      what: 'address of a Service',
      build: (namespace: string) => ['None', '10.96.77.77'].map((ip) => service(namespace, ip)),
    },
    {
      what: 'access of a PersistentVolumeClaim',
      build: (namespace: string) =>
        ['ReadWriteOnce', 'ReadWriteMany'].map((mode) => claim(namespace, mode)),
    },
    {
      what: 'type of a Secret',
      build: (namespace: string) =>
        ['Opaque', 'example.test/x'].map((type) => secret(namespace, { type })),
    },
  ])('another $what is FIELD_IMMUTABLE, also in a preview', async ({ build }) => {
    const { cluster } = openPlaneCluster()
    const [before, after] = build(await freshNamespace()) as [KubeObject, KubeObject]
    await cluster.apply(before)
    await expect(cluster.preview(after)).rejects.toMatchObject({ code: 'FIELD_IMMUTABLE', exit: 8 })
    await expect(cluster.apply(after)).rejects.toMatchObject({ code: 'FIELD_IMMUTABLE' })
  })

  test('an error about a Secret does not quote it', async () => {
    const { cluster } = openPlaneCluster()
    const namespace = await freshNamespace()
    const object = secret(namespace, { data: { 'bad key!': 'aHVudGVyMg==' }, type: 'hunter2 x' })
    const error = await cluster.apply(object).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'OBJECT_INVALID' })
    const wrong = await cluster
      .apply(secret(namespace, { data: { a: 'hunter2!' } }))
      .catch((reason: unknown) => reason)
    expect(wrong).toMatchObject({ code: 'OBJECT_INVALID' })
    expect(JSON.stringify([error, wrong]) + String(error) + String(wrong)).not.toMatch(
      /hunter2|aHVudGVyMg/,
    )
  })

  test('a kind is known as soon as its CRD is', async () => {
    const { cluster } = openPlaneCluster()
    const namespace = await freshNamespace()
    const crd = crdOf(uniqueName('things').replaceAll('-', ''))
    const kind = (crd['spec'] as { names: { kind: string } }).names.kind
    const object: KubeObject = {
      apiVersion: 'example.test/v1',
      kind,
      metadata: { name: 'one', namespace },
    }
    expect((await cluster.scopes([crd, object]))('example.test/v1', kind)).toBe('namespaced')
    await expect(cluster.apply(object)).rejects.toMatchObject({ code: 'KIND_UNKNOWN' })
    try {
      await cluster.apply(crd)
      expect((await cluster.apply(object)).result).toBe('created')
      expect(await cluster.list({ apiVersion: 'example.test/v1', kind, namespace })).toHaveLength(1)
    } finally {
      await cluster.delete(refOf(crd))
    }
  })
})

describe('objects', () => {
  test('are created once', async () => {
    const { cluster } = openPlaneCluster()
    const object = configMap(await freshNamespace(), 'a')
    expect((await cluster.create(object)).metadata['uid']).toBeTypeOf('string')
    await expect(cluster.create(object)).rejects.toMatchObject({ code: 'OBJECT_EXISTS', exit: 4 })
  })

  test('are deleted when they are the ones that were meant', async () => {
    const { cluster } = openPlaneCluster()
    const { object } = await cluster.apply(configMap(await freshNamespace(), 'a'))
    const uid = object.metadata['uid'] as string
    await expect(cluster.delete(refOf(object), { uid: 'x' })).rejects.toMatchObject({
      code: 'OBJECT_CHANGED',
    })
    expect(await cluster.delete(refOf(object), { uid })).toBe(true)
    expect(await cluster.delete(refOf(object), { uid })).toBe(false)
    expect(await cluster.delete({ ...refOf(object), apiVersion: 'nowhere.test/v1' })).toBe(false)
  })

  test('leave behind what they own when they are told to', async () => {
    const { cluster } = openPlaneCluster()
    const namespace = await freshNamespace()
    const { object } = await cluster.apply(deployment(namespace, 'web'))
    const sets = { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace }
    await eventually(async () => (await cluster.list(sets)).length === 1)
    await cluster.delete(refOf(object), { cascade: 'orphan' })
    await eventually(async () => (await cluster.get(refOf(object))) === undefined)
    expect(await cluster.list(sets)).toHaveLength(1)
  })

  test('are changed by patches', async () => {
    const { cluster } = openPlaneCluster()
    const namespace = await freshNamespace()
    const ref = refOf(configMap(namespace, 'a'))
    await cluster.apply(configMap(namespace, 'a', { a: '1' }))
    await cluster.patch(ref, { data: { b: '2' } }, { type: 'merge' })
    await cluster.patch(ref, [{ op: 'remove', path: '/data/a' }], { type: 'json' })
    const object = await cluster.patch(
      ref,
      { data: { c: '3' } },
      { type: 'strategic', fieldManager: 'me' },
    )
    expect(object?.['data']).toEqual({ b: '2', c: '3' })
    expect(JSON.stringify(object?.metadata['managedFields'])).toContain('"manager":"me"')
    expect(await cluster.patch({ ...ref, name: 'none' }, {}, { type: 'merge' })).toBeUndefined()
    const stale = { metadata: { resourceVersion: '1' }, data: {} }
    await expect(cluster.patch(ref, stale, { type: 'merge' })).rejects.toMatchObject({
      code: 'OBJECT_CHANGED',
    })
  })

  test.each([{ expires: false }, { expires: true }])(
    'are listed page by page, by namespace and name; pages expire: $expires',
    async ({ expires }) => {
      const { cluster, transport, discovery } = openPlaneCluster()
      const namespace = await freshNamespace()
      const names = Array.from({ length: 25 }, (_, index) => `c-${String(index).padStart(2, '0')}`)
      await Promise.all(names.map((name) => cluster.create(configMap(namespace, name))))
      const pages: unknown[] = []
      const inPages: Transport = {
        ...transport,
        request: async (request) => {
          const { limit, continue: token } = request.query ?? {}
          pages.push(limit)
          const isOver = expires && pages.length === 3
          if (isOver) return { status: 410, headers: {}, body: '{}' }
          const query = { ...request.query, limit: limit && 10, continue: token }
          return transport.request({ ...request, query })
        },
      }
      const kind = { apiVersion: 'v1', kind: 'ConfigMap', namespace }
      const fieldSelector = 'metadata.name!=kube-root-ca.crt'
      const api = { transport: inPages, discovery }
      const isWanted = ({ metadata }: KubeObject): boolean => metadata.name !== 'c-13'
      const { objects } = await listObjects(api, kind, { fieldSelector, isWanted })
      const wanted = names.filter((name) => name !== 'c-13')
      expect(objects.map(({ metadata }) => metadata.name)).toEqual(wanted)
      expect(objects[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' })
      expect(pages.map((limit) => limit !== undefined)).toEqual(
        expires ? [true, true, true, false] : [true, true, true],
      )
    },
  )
})

test('rights are asked for in one go', async () => {
  const { cluster } = openPlaneCluster({ flags: { as: 'nobody-in-particular' } })
  const kind = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default' }
  expect(
    await cluster.can([
      { ...kind, verb: 'get' },
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        namespace: undefined,
        verb: 'create',
      },
    ]),
  ).toEqual([false, true])
  await expect(cluster.list(kind)).rejects.toMatchObject({
    code: 'FORBIDDEN',
    exit: 8,
    message: expect.stringContaining(
      'User "nobody-in-particular" cannot list resource "deployments"',
    ) as unknown,
  })
})

test('the version and the API set are those that kubectl shows', async () => {
  const { cluster } = openPlaneCluster()
  const { kubeVersion, apiVersions = [] } = (await cluster.capabilities()) ?? {}
  const { serverVersion } = JSON.parse(await kubectlOk(['version', '-ojson'])) as {
    serverVersion: object
  }
  expect(serverVersion).toMatchObject(kubeVersion ?? {})
  const versions = (await kubectlOk(['api-versions'])).trim().split('\n')
  expect(apiVersions.filter((each) => !/\/[A-Z]/.test(each)).sort()).toEqual(versions.sort())
  const table = (await kubectlOk(['api-resources', '--no-headers', '-owide'])).trim().split('\n')
  const kinds = table
    .map((row) => /(\S+)\s+(?:true|false)\s+(\S+)/.exec(row))
    .map((row) => `${row?.[1]}/${row?.[2]}`)
  expect(kinds.filter((kind) => !apiVersions.includes(kind))).toEqual([])
})

test('logs of a container, and of none', async () => {
  const { cluster } = openPlaneCluster()
  const namespace = await freshNamespace()
  const spec = { containers: [{ name: 'web', image: 'example.test/web:1' }] }
  const pod = podNamed('p', namespace, spec)
  const homeless = podNamed('homeless', namespace, { ...spec, nodeSelector: { no: 'node' } })
  await cluster.apply(homeless)
  expect(await cluster.logs(refOf(homeless), { container: 'web' })).toBe('')
  await cluster.apply(pod)
  await eventually(
    async () => (await cluster.logs(refOf(pod), { container: 'web', tailLines: 1 })) !== '',
  )
  expect(await cluster.logs({ ...refOf(pod), name: 'gone' })).toBe('')
})

function podNamed(name: string, namespace: string, spec: JsonObject): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec }
}

function job(namespace: string, image: string): KubeObject {
  const spec = { restartPolicy: 'Never', containers: [{ name: 'c', image }] }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', namespace },
    spec: { template: { spec } },
  }
}

function statefulSet(namespace: string, storage: string): KubeObject {
  const labels = { app: 's' }
  const spec = { containers: [{ name: 'c', image: 'i' }] }
  const claimSpec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } }
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 's', namespace },
    spec: {
      serviceName: 's',
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec },
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claimSpec }],
    },
  }
}

function roleBinding(namespace: string, name: string): KubeObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'b', namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [],
  }
}

function service(namespace: string, clusterIP: string): KubeObject {
  const spec = { clusterIP, ports: [{ port: 80 }], selector: { app: 'x' } }
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace }, spec }
}

function claim(namespace: string, mode: string): KubeObject {
  const spec = { accessModes: [mode], resources: { requests: { storage: '1Gi' } } }
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c', namespace },
    spec,
  }
}

function secret(namespace: string, fields: object): KubeObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace }, ...fields }
}

function crdOf(plural: string): KubeObject {
  const schema = { openAPIV3Schema: { type: 'object' } }
  const names = {
    plural,
    singular: plural,
    kind: plural.replace(/^t/, 'T'),
    listKind: `${plural}List`,
  }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.example.test` },
    spec: {
      group: 'example.test',
      scope: 'Namespaced',
      names,
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  }
}
