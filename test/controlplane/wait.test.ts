import { describe, expect, test } from 'vitest'
import type { ReadinessRules } from '../../src/apply/readiness.ts'
import { waitUntilReady } from '../../src/apply/wait.ts'
import { PkgError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json.ts'
import type { KubeObject } from '../../src/manifest/object.ts'
import type { ProgressEvent } from '../../src/types/event.ts'
import { failingWorkloads } from '../support/failing-workloads.ts'
import { apiOk, freshNamespace, uniqueName } from '../support/plane.ts'
import { openPlaneCluster } from '../support/plane-cluster.ts'

/**
 * By the name of a failing workload: what the wait says, and after how many seconds at the latest
 * at rest; a busy machine has three times as long, after which the wait gives up.
 */
const CAUSES: Record<string, { cause: RegExp; within?: number; timeout?: number }> = {
  'an image that cannot be pulled, tried again': {
    cause:
      /^Deployment\/web failed: container "web" of Pod\/web-\S+ cannot pull image "registry.test\/web:1": manifest unknown$/,
    within: 10,
  },
  'an image that could not be pulled once': {
    cause:
      /^Deployment\/web failed: container "web" of Pod\/web-\S+ cannot pull image "registry.test\/web:1": manifest unknown$/,
    within: 10,
  },
  'a container that ends again and again': {
    cause:
      /^Deployment\/web failed: container "web" of Pod\/web-\S+ crashes again and again: exit code 1, 3 restarts$/,
    within: 30,
  },
  'a container that takes too much memory': {
    cause:
      /^Deployment\/web failed: container "web" of Pod\/web-\S+ needs more memory than its limit.* \(OOMKilled\), 2 restarts$/,
    within: 30,
  },
  'a Secret that is not there': {
    cause:
      /^Deployment\/web failed: container "web" of Pod\/web-\S+ cannot be configured: secret .*not found/,
    within: 35,
  },
  'a ConfigMap to mount that is not there': {
    cause:
      /^Deployment\/web failed: Pod\/web-\S+ cannot begin: MountVolume.SetUp failed for volume .* not found/,
    within: 80,
  },
  'a pod that no node has room for': {
    cause:
      /^Deployment\/web failed: Pod\/web-\S+ fits on no node: 0\/3 nodes are available: 3 Insufficient cpu/,
    within: 60,
  },
  // A probe may still succeed: only the time ends this wait.
  'a readiness probe that fails': {
    cause:
      /^timed out after 10 s waiting for Deployment\/web: container "web" of Pod\/web-\S+ does not answer its probe: Readiness probe failed/,
    timeout: 10_000,
  },
  'an init container that fails': {
    cause:
      /^Deployment\/web failed: init container "prepare" of Pod\/web-\S+ crashes again and again: exit code 1, 3 restarts$/,
    within: 30,
  },
  'a claim that no volume matches': {
    cause:
      /failed: (PersistentVolumeClaim\/data gets no volume|Pod\/web-\S+ waits for the volume of claim "data"): no persistent volumes available for this claim/,
    within: 45,
  },
  'a quota that is used up': {
    cause: /^Deployment\/web failed: ReplicaSet\/web-\S+ gets no pods: .* exceeded quota: small/,
    within: 30,
  },
  'a pod that admission refuses': {
    cause:
      /^Deployment\/web failed: ReplicaSet\/web-\S+ gets no pods: .* violates PodSecurity "restricted:latest": privileged/,
    within: 20,
  },
  'a Job that has failed as often as it may': {
    cause:
      /^Job\/web failed: BackoffLimitExceeded: .*; container "web" of Pod\/web-\S+ ended: exit code 1$/,
    within: 15,
  },
  'a Job that takes too long': {
    cause: /^Job\/web failed: DeadlineExceeded: Job was active longer than specified deadline/,
    within: 15,
  },
}

const JOBS_TOO: ReadinessRules = { by: 'current', jobs: true }

interface Waited {
  error: PkgError | undefined
  events: ProgressEvent[]
}

/** Applies objects to a namespace and waits for them. */
async function applyAndWait(
  namespace: string,
  objects: readonly KubeObject[],
  timeout = 300_000,
): Promise<Waited> {
  const { cluster } = openPlaneCluster()
  const placed = objects.map((object) => ({
    ...object,
    metadata: { ...object.metadata, namespace },
  }))
  for (const object of placed) await cluster.apply(object)
  const events: ProgressEvent[] = []
  const site = {
    cluster,
    signal: new AbortController().signal,
    now: () => new Date(),
    onNotice: (notice: string) => {
      throw new Error(notice)
    },
    onProgress: (event: ProgressEvent) => events.push(event),
  }
  const wait = { objects: placed, rules: JOBS_TOO, purpose: 'ready', timeout } as const
  const error = await waitUntilReady(site, wait).then(
    () => undefined,
    (reason: unknown) => {
      if (reason instanceof PkgError) return reason
      throw reason
    },
  )
  return { error, events }
}

describe.concurrent('a wait ends at the first certain sign of failure and names the cause', () => {
  test.each(failingWorkloads)('$name', async (workload) => {
    const wanted = CAUSES[workload.name]
    const namespace = await freshNamespace(workload.namespaceLabels)

    const latest = 5000 * (wanted?.within ?? 0)
    const { error } = await applyAndWait(namespace, workload.objects, wanted?.timeout ?? latest)

    expect(error?.message).toMatch(wanted?.cause ?? /a row of its own/)
    expect(error?.code).toBe(wanted?.timeout === undefined ? 'NOT_READY' : 'WAIT_TIMED_OUT')
    expect(error?.exit).toBe(3)
  })
})

describe.concurrent('what becomes ready is waited for', () => {
  test('workloads of every kind', async () => {
    const namespace = await freshNamespace()
    const { error, events } = await applyAndWait(namespace, [
      workload('Deployment', { replicas: 2 }),
      workload('StatefulSet', { replicas: 2, serviceName: 'web' }),
      workload('DaemonSet', {}),
      job(),
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web' },
        spec: { ports: [{ port: 80 }] },
      },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, data: { a: 'b' } },
    ])
    expect(error).toBeUndefined()
    const ready = events.flatMap((event) =>
      event.type === 'object' && event.state === 'ready'
        ? [`${event.object.kind}: ${event.text}`]
        : [],
    )
    expect([...new Set(ready)].sort()).toEqual([
      'DaemonSet: 3/3 available',
      'Deployment: 2/2 available',
      'Job: 1 of 1 completed',
      'Service: is applied',
      'StatefulSet: 2/2 ready',
    ])
  })

  test('a custom resource that nobody writes a status for', async () => {
    const kind = await freshKind()
    const namespace = await freshNamespace()
    const object = { apiVersion: `${kind.group}/v1`, kind: 'Widget', metadata: { name: 'a' } }
    const { error } = await applyAndWait(namespace, [object])
    expect(error).toBeUndefined()
    await apiOk('DELETE', `${CRDS}/${kind.name}`)
  })

  test('a change of a Deployment: only pods of the new revision count', async () => {
    const namespace = await freshNamespace()
    const broken = failingWorkloads.find(
      ({ name }) => name === 'a container that ends again and again',
    )
    expect((await applyAndWait(namespace, broken?.objects ?? [])).error?.code).toBe('NOT_READY')
    const { error } = await applyAndWait(namespace, [workload('Deployment', { replicas: 1 })])
    expect(error).toBeUndefined()
  })
})

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

async function freshKind(): Promise<{ name: string; group: string }> {
  const group = `${uniqueName('wait')}.example.com`
  const name = `widgets.${group}`
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  await apiOk('POST', CRDS, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind: 'Widget', plural: 'widgets' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema },
        },
      ],
    },
  })
  return { name, group }
}

function workload(kind: string, spec: JsonObject): KubeObject {
  const labels = { app: 'web' }
  const containers = [{ name: 'web', image: 'registry.test/web:1' }]
  const template = { metadata: { labels }, spec: { containers } }
  const selector = { matchLabels: labels }
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'web' },
    spec: { ...spec, selector, template },
  }
}

function job(): KubeObject {
  const containers = [{ name: 'main', image: 'registry.test/web:1' }]
  const template = { spec: { restartPolicy: 'Never', containers } }
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'once' }, spec: { template } }
}
