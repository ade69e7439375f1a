import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { waitUntilReady } from '../../../src/apply/wait.ts'
import type { ReadinessRules } from '../../../src/apply/readiness.ts'
import { PkgError } from '../../../src/base/errors.ts'
import type { Json, JsonObject } from '../../../src/base/json.ts'
import type { KubeObject } from '../../../src/manifest/object.ts'
import type { ProgressEvent } from '../../../src/types/event.ts'
import { childOf, condition, kubeObject } from '../../support/kube-objects.ts'
import { liveCluster, type LiveCluster } from '../../support/live-cluster.ts'

const TIMEOUT = 300_000
const CURRENT: ReadinessRules = { by: 'current' }
let abort: AbortController

beforeEach(() => {
  vi.useFakeTimers()
  abort = new AbortController()
})
afterEach(() => {
  vi.useRealTimers()
})

interface Ended {
  /** In seconds of the fake clock. */
  after: number
  error: PkgError | undefined
  events: ProgressEvent[]
  notices: string[]
}

/** Waits, while the clock runs as fast as it can. */
async function wait(
  cluster: LiveCluster,
  objects: readonly KubeObject[],
  { rules = CURRENT, timeout = TIMEOUT } = {},
): Promise<Ended> {
  const events: ProgressEvent[] = []
  const notices: string[] = []
  const start = performance.now()
  const site = {
    cluster,
    signal: abort.signal,
    now: () => new Date(),
    onNotice: (notice: string) => notices.push(notice),
    onProgress: (event: ProgressEvent) => events.push(event),
  }
  const results: Ended[] = []
  const end = (error: PkgError | undefined): void => {
    const after = Math.round((performance.now() - start) / 100) / 10
    results.push({ after, error, events, notices })
  }
  void waitUntilReady(site, { objects, rules, purpose: 'ready', timeout }).then(
    () => end(undefined),
    (error: unknown) => end(error as PkgError),
  )
  for (let step = 0; step < 4000 && results.length === 0; step++) {
    await vi.advanceTimersByTimeAsync(100)
  }
  const [result] = results
  if (result === undefined) throw new Error('the wait has no end')
  return result
}

const generation = { generation: 1 }
const labels = { 'pod-template-hash': 'x', app: 'web' }

/** A Deployment of one replica, its replica set and pods in these states. */
function deploymentWith(...podStatuses: JsonObject[]): KubeObject[] {
  const deployment = kubeObject('Deployment/web', {
    metadata: { ...generation, annotations: { 'deployment.kubernetes.io/revision': '3' } },
    spec: { replicas: 1, template: { metadata: { labels: { app: 'web' } } } },
    status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1 },
  })
  const old = childOf(
    deployment,
    kubeObject('ReplicaSet/web-old', {
      metadata: { labels, annotations: { 'deployment.kubernetes.io/revision': '2' } },
    }),
  )
  const set = childOf(
    deployment,
    kubeObject('ReplicaSet/web-new', {
      metadata: { labels, annotations: { 'deployment.kubernetes.io/revision': '3' } },
      spec: { replicas: 1 },
      status: { replicas: podStatuses.length },
    }),
  )
  const pods = podStatuses.map((status, at) => childOf(set, podWith(`Pod/web-new-${at}`, status)))
  return [deployment, old, set, ...pods]
}

function podWith(label: string, status: JsonObject): KubeObject {
  const resources = { limits: { memory: '64Mi' } }
  const containers = [{ name: 'app', image: 'example.com/app:1', resources }]
  return kubeObject(label, { metadata: { labels }, spec: { containers }, status })
}

/** A pod that runs into something with its one container. */
function container(state: JsonObject, rest: JsonObject = {}): JsonObject {
  return {
    phase: 'Pending',
    containerStatuses: [{ name: 'app', ready: false, restartCount: 0, state, ...rest }],
  }
}

function waiting(reason: string, message = ''): JsonObject {
  return container({ waiting: { reason, message } })
}

function warning(about: KubeObject, reason: string, message: string, fields: JsonObject = {}) {
  const uid = about.metadata['uid'] ?? ''
  const involvedObject = { kind: about.kind, name: about.metadata.name, uid, ...fields }
  return kubeObject(`Event/${reason}-${about.metadata.name}`, {
    type: 'Warning',
    reason,
    message,
    involvedObject,
    lastTimestamp: '2026-01-01T00:00:00Z',
  })
}

function ready(deployment: KubeObject): KubeObject {
  const counts = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 }
  const conditions = [condition('Available', 'True')]
  return { ...deployment, status: { observedGeneration: 1, ...counts, conditions } }
}

/** What Kubernetes writes of a container that has ended. */
function ended(exitCode: number, reason = 'Error'): JsonObject {
  return { terminated: { exitCode, reason } }
}

describe('what becomes ready', () => {
  test('is waited for by one watch a kind, and by none when there is nothing to wait for', async () => {
    const cluster = liveCluster()
    expect(await wait(cluster, [kubeObject('ConfigMap/a'), kubeObject('Secret/b')])).toMatchObject({
      error: undefined,
      after: expect.closeTo(0, 0) as number,
    })
    expect(cluster.calls).toEqual([])
  })

  test('ends the wait when it says so', async () => {
    const [deployment, ...children] = deploymentWith(waiting('ContainerCreating'))
    if (deployment === undefined) throw new Error('no deployment')
    const cluster = liveCluster([deployment, ...children])
    setTimeout(() => cluster.put(ready(deployment)), 20_000)

    const { error, after, events } = await wait(cluster, [deployment])

    expect(error).toBeUndefined()
    expect(after).toBeLessThan(20.5)
    expect(cluster.calls).toEqual([
      'watch Deployment metadata.name=web',
      'watch Pod app=web',
      'watch ReplicaSet app=web',
      'watch Event type=Warning',
    ])
    expect(events.map(line)).toEqual([
      'wait for Deployment/web',
      'Deployment/web progressing: is not seen yet',
      'Deployment/web progressing: 0/1 available [web-new-0: Pending, app waiting: ContainerCreating]',
      'heartbeat after 15 s: 1 of 1 open',
      'Deployment/web ready: 1/1 available',
      'waited: ready',
    ])
  })

  test('though it is a custom resource without any status', async () => {
    const widget = kubeObject('Widget/a')
    const { error, after } = await wait(liveCluster([widget]), [widget])
    expect({ error, after: Math.round(after) }).toEqual({ error: undefined, after: 2 })
  })

  test('though it is a Job that was removed once it had ended', async () => {
    const job = kubeObject('Job/a', { spec: { ttlSecondsAfterFinished: 0 } })
    const { error } = await wait(liveCluster(), [job], { rules: { by: 'hook' } })
    expect(error).toBeUndefined()
  })

  test('though pods and events may not be watched', async () => {
    const [deployment] = deploymentWith()
    if (deployment === undefined) throw new Error('no deployment')
    const cluster = liveCluster([ready(deployment)])
    cluster.forbidden = new Set(['Pod', 'Event'])
    const { error, notices } = await wait(cluster, [deployment])
    expect({ error, notices }).toEqual({
      error: undefined,
      notices: ['Pods are not watched: no Pods', 'Events are not watched: no Events'],
    })
  })
})

/** One event as one line. */
function line(event: ProgressEvent): string {
  switch (event.type) {
    case 'wait':
      return `wait for ${event.objects.map(({ kind, name }) => `${kind}/${name}`).join(' ')}`
    case 'object': {
      const pods = event.pods.map(({ name, text }) => `${name}: ${text}`).join('; ')
      const suffix = pods === '' ? '' : ` [${pods}]`
      return `${event.object.kind}/${event.object.name} ${event.state}: ${event.text}${suffix}`
    }
    case 'heartbeat':
      return `heartbeat after ${event.waitedSeconds} s: ${event.open} of ${event.total} open`
    case 'waited':
      return `waited: ${event.outcome}`
    default:
      return event.type
  }
}

const [, , newSet] = deploymentWith()
const crashing: JsonObject = {
  ...container(
    { waiting: { reason: 'CrashLoopBackOff' } },
    { restartCount: 3, lastState: ended(127) },
  ),
  phase: 'Running',
}

/** Every failure with the seconds until it is certain, and the line that names its cause. */
const FAILURES: {
  name: string
  pod?: JsonObject
  events?: (pod: KubeObject) => KubeObject[]
  after: number
  cause: string
}[] = [
  {
    name: 'an image that is not there',
    pod: waiting('ErrImagePull', 'manifest unknown'),
    after: 0,
    cause:
      'container "app" of Pod/web-new-0 cannot pull image "example.com/app:1": manifest unknown',
  },
  {
    name: 'an image that may not be pulled',
    pod: waiting(
      'ImagePullBackOff',
      'Back-off pulling image "x": ErrImagePull: pull access denied',
    ),
    after: 10,
    cause:
      'container "app" of Pod/web-new-0 cannot pull image "example.com/app:1": pull access denied',
  },
  {
    name: 'an image that cannot be pulled',
    pod: waiting('ImagePullBackOff', 'Back-off pulling image "x"'),
    after: 30,
    cause:
      'container "app" of Pod/web-new-0 cannot pull image "example.com/app:1": ImagePullBackOff',
  },
  {
    name: 'an image whose event alone tells that it is not there',
    pod: waiting('ImagePullBackOff', 'Back-off pulling image "x"'),
    events: (pod) => [warning(pod, 'Failed', 'Failed to pull image "x": rpc error: not found')],
    after: 0,
    cause:
      'container "app" of Pod/web-new-0 cannot pull image "example.com/app:1": rpc error: not found',
  },
  {
    name: 'an invalid image name',
    pod: waiting('InvalidImageName'),
    after: 0,
    cause: 'container "app" of Pod/web-new-0 has the invalid image name "example.com/app:1"',
  },
  {
    name: 'a Secret that is missing',
    pod: waiting('CreateContainerConfigError', 'secret "db" not found'),
    after: 20,
    cause: 'container "app" of Pod/web-new-0 cannot be configured: secret "db" not found',
  },
  {
    name: 'a command that cannot be run',
    pod: waiting('RunContainerError', 'exec: "serve": executable file not found'),
    after: 10,
    cause:
      'container "app" of Pod/web-new-0 cannot be started: exec: "serve": executable file not found',
  },
  {
    name: 'a container that crashes',
    pod: crashing,
    after: 0,
    cause:
      'container "app" of Pod/web-new-0 crashes again and again: exit code 127 (the command is not found), 3 restarts',
  },
  {
    name: 'too little memory',
    pod: container(
      { waiting: { reason: 'CrashLoopBackOff' } },
      { restartCount: 2, lastState: ended(137, 'OOMKilled') },
    ),
    after: 0,
    cause:
      'container "app" of Pod/web-new-0 needs more memory than its limit of 64Mi (OOMKilled), 2 restarts',
  },
  {
    name: 'an init container that fails',
    pod: {
      phase: 'Pending',
      initContainerStatuses: [
        {
          name: 'setup',
          ready: false,
          restartCount: 3,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: ended(1),
        },
      ],
      containerStatuses: [
        { name: 'app', ready: false, state: { waiting: { reason: 'PodInitializing' } } },
      ],
    },
    after: 0,
    cause:
      'init container "setup" of Pod/web-new-0 crashes again and again: exit code 1, 3 restarts',
  },
  {
    name: 'no node for the pod',
    pod: {
      phase: 'Pending',
      conditions: [
        condition(
          'PodScheduled',
          'False',
          'Unschedulable',
          '0/3 nodes are available: 3 Insufficient cpu.',
        ),
      ],
    },
    after: 45,
    cause: 'Pod/web-new-0 fits on no node: 0/3 nodes are available: 3 Insufficient cpu.',
  },
  {
    name: 'a volume that cannot be mounted',
    pod: waiting('ContainerCreating'),
    events: (pod) => [
      warning(pod, 'FailedMount', 'MountVolume.SetUp failed: configmap "c" not found'),
    ],
    after: 60,
    cause: 'Pod/web-new-0 cannot begin: MountVolume.SetUp failed: configmap "c" not found',
  },
  {
    name: 'a quota that is used up',
    events: () => [
      warning(
        newSet ?? kubeObject('Pod/none'),
        'FailedCreate',
        'pods "web" is forbidden: exceeded quota: small',
      ),
    ],
    after: 15,
    cause: 'ReplicaSet/web-new gets no pods: pods "web" is forbidden: exceeded quota: small',
  },
  {
    name: 'an admission webhook that refuses',
    events: () => [
      warning(
        newSet ?? kubeObject('Pod/none'),
        'FailedCreate',
        'admission webhook "policy.example.com" denied the request: no latest tags',
      ),
    ],
    after: 5,
    cause:
      'ReplicaSet/web-new gets no pods: admission webhook "policy.example.com" denied the request: no latest tags',
  },
]

describe('the first certain sign ends the wait and names the cause', () => {
  test.each(FAILURES)('$name, after $after s', async ({ pod, events, after, cause }) => {
    const objects = deploymentWith(...(pod === undefined ? [] : [pod]))
    const [deployment] = objects
    const thePod = objects.at(-1)
    if (deployment === undefined || thePod === undefined) throw new Error('no deployment')
    const cluster = liveCluster([...objects, ...(events?.(thePod) ?? [])])

    const ended = await wait(cluster, [deployment])

    expect(ended.error?.message).toBe(`Deployment/web failed: ${cause}`)
    expect(ended.error?.code).toBe('NOT_READY')
    expect(ended.error?.exit).toBe(3)
    expect(ended.after).toBeGreaterThanOrEqual(after)
    expect(ended.after).toBeLessThan(after + 1)
  })

  test('a Job that gave up, with how its container ended', async () => {
    const conditions = [condition('Failed', 'True', 'BackoffLimitExceeded', 'Job has failed')]
    const job = kubeObject('Job/migrate', { status: { conditions } })
    const pod = childOf(job, {
      ...podWith('Pod/migrate-1', { ...container(ended(3)), phase: 'Failed' }),
      metadata: {
        name: 'migrate-1',
        namespace: 'apps',
        uid: 'u',
        labels: { 'job-name': 'migrate' },
      },
    })
    const { error } = await wait(liveCluster([job, pod]), [job], { rules: { by: 'hook' } })
    expect(error?.message).toBe(
      'Job/migrate failed: BackoffLimitExceeded: Job has failed; container "app" of Pod/migrate-1 ended: exit code 3',
    )
  })

  test('a claim whose storage class is missing', async () => {
    const claim = kubeObject('PersistentVolumeClaim/data', { status: { phase: 'Pending' } })
    const message = 'storageclass.storage.k8s.io "fast" not found'
    const event = warning(claim, 'ProvisioningFailed', message)
    const { error, after } = await wait(liveCluster([claim, event]), [claim])
    expect({ message: error?.message, after: Math.round(after) }).toEqual({
      message: `PersistentVolumeClaim/data failed: PersistentVolumeClaim/data gets no volume: ${message}`,
      after: 10,
    })
  })

  test('a claim that waits for its first consumer is none', async () => {
    const claim = kubeObject('PersistentVolumeClaim/data', { status: { phase: 'Pending' } })
    const event = { ...warning(claim, 'WaitForFirstConsumer', 'no pod yet'), type: 'Normal' }
    const { error, after } = await wait(liveCluster([claim, event]), [claim])
    expect({ error, after: Math.round(after) }).toEqual({ error: undefined, after: 0 })
  })

  test('a pod for which a node is being added is waited for', async () => {
    const objects = deploymentWith({
      phase: 'Pending',
      conditions: [condition('PodScheduled', 'False', 'Unschedulable', 'no cpu')],
    })
    const [deployment] = objects
    const pod = objects.at(-1)
    if (deployment === undefined || pod === undefined) throw new Error('no deployment')
    const scaling = {
      ...warning(pod, 'TriggeredScaleUp', 'pod triggered scale-up'),
      type: 'Normal',
    }
    const { error } = await wait(liveCluster([...objects, scaling]), [deployment])
    expect(error?.message).toBe(
      'timed out after 300 s waiting for Deployment/web: Pod/web-new-0 fits on no node: no cpu',
    )
  })

  test('an object that somebody deletes', async () => {
    const [deployment] = deploymentWith()
    if (deployment === undefined) throw new Error('no deployment')
    const cluster = liveCluster([deployment])
    setTimeout(() => cluster.remove(deployment), 5000)
    const { error, after } = await wait(cluster, [deployment])
    expect({ message: error?.message, after: Math.round(after) }).toEqual({
      message: 'Deployment/web failed: was deleted while it was waited for',
      after: 15,
    })
  })
})

test('a failure comes with conditions, warnings and the last log lines, and no secret', async () => {
  const objects = deploymentWith(crashing)
  const [deployment] = objects
  const pod = objects.at(-1)
  if (deployment === undefined || pod === undefined) throw new Error('no deployment')
  const conditions: Json = [
    condition('Available', 'False', 'MinimumReplicasUnavailable', 'too few'),
  ]
  const failing = { ...deployment, status: { ...(deployment['status'] as JsonObject), conditions } }
  const backOff = warning(pod, 'BackOff', 'Back-off restarting failed container')
  const cluster = liveCluster([...objects, { ...backOff, count: 4 }])
  cluster.put(failing)
  cluster.containerLogs.set(
    'web-new-0/app/previous',
    'starting\nDB_PASSWORD=hunter22\nsh: serve: not found\n',
  )

  const { error, events } = await wait(cluster, [deployment])

  expect(error?.details).toEqual([
    'Deployment/web in apps',
    '  Pod/web-new-0: Running, app waiting: CrashLoopBackOff',
    '  condition Available is False: MinimumReplicasUnavailable: too few',
    '  warning Pod/web-new-0: BackOff (4 times): Back-off restarting failed container',
    '  log of app in Pod/web-new-0, the run before:',
    '    starting',
    '    DB_PASSWORD=[hidden]',
    '    sh: serve: not found',
  ])
  expect(events.find(({ type }) => type === 'failure')).toMatchObject({
    isCertain: true,
    logs: [{ pod: 'web-new-0', container: 'app', previous: true }],
  })
})

test('when the time is up, what was not ready is told, with the best explanation', async () => {
  const status = {
    phase: 'Running',
    containerStatuses: [{ name: 'app', ready: false, state: { running: {} } }],
  }
  const objects = deploymentWith(status)
  const [deployment] = objects
  const pod = objects.at(-1)
  if (deployment === undefined || pod === undefined) throw new Error('no deployment')
  const probe = warning(
    pod,
    'Unhealthy',
    'Readiness probe failed: HTTP probe failed with statuscode: 503',
    {
      fieldPath: 'spec.containers{app}',
    },
  )
  const widget = kubeObject('Widget/a', { status: { phase: 'Pending' } })
  const { error, after } = await wait(
    liveCluster([...objects, probe, widget]),
    [deployment, widget],
    {
      timeout: 30_000,
    },
  )
  expect(Math.round(after)).toBe(30)
  expect(error?.code).toBe('WAIT_TIMED_OUT')
  expect(error?.message).toBe(
    'timed out after 30 s waiting for Deployment/web and 1 more: container "app" of Pod/web-new-0 does not answer its probe: Readiness probe failed: HTTP probe failed with statuscode: 503',
  )
  expect(error?.details.at(-1)).toBe('0 of 2 objects are ready')
})

test('a container that fell over before the wait gets one more try', async () => {
  vi.setSystemTime(new Date('2026-01-01T01:00:00Z'))
  const objects = deploymentWith(crashing)
  const [deployment] = objects
  const pod = objects.at(-1)
  if (deployment === undefined || pod === undefined) throw new Error('no deployment')
  const old = { ...pod, metadata: { ...pod.metadata, creationTimestamp: '2026-01-01T00:00:00Z' } }
  const cluster = liveCluster([...objects.slice(0, -1), old])
  const again = {
    ...container(
      { waiting: { reason: 'CrashLoopBackOff' } },
      { restartCount: 4, lastState: ended(1) },
    ),
  }
  setTimeout(() => cluster.put({ ...old, status: again }), 60_000)
  const { error, after } = await wait(cluster, [deployment])
  expect(error?.message).toMatch(/crashes again and again: exit code 1, 1 restart$/)
  expect(Math.round(after)).toBe(60)
})

test('a signal ends the wait with its reason', async () => {
  const [deployment] = deploymentWith()
  if (deployment === undefined) throw new Error('no deployment')
  setTimeout(() => abort.abort(new PkgError('INTERRUPTED', 'cancelled')), 1000)
  const { error, events } = await wait(liveCluster([deployment]), [deployment])
  expect(error?.message).toBe('cancelled while waiting for Deployment/web')
  expect(line(events.at(-1) ?? ({ type: 'wait' } as ProgressEvent))).toBe('waited: interrupted')
})

test('a kind that may not be watched fails the wait', async () => {
  const [deployment] = deploymentWith()
  if (deployment === undefined) throw new Error('no deployment')
  const cluster = liveCluster([deployment])
  cluster.forbidden.add('Deployment')
  expect((await wait(cluster, [deployment])).error?.code).toBe('FORBIDDEN')
})
