import { describe, expect, test } from 'vitest'
import { isWaitedFor, readinessOf, type ReadinessRules } from '../../../src/apply/readiness.ts'
import type { JsonObject } from '../../../src/base/json.ts'
import { condition, kubeObject } from '../../support/kube-objects.ts'

/** The verdict as one line: `ready: 2/2 available`. */
function verdict(label: string, fields: JsonObject, rules: ReadinessRules = { by: 'current' }) {
  const { state, text, settles } = readinessOf(kubeObject(label, fields), rules)
  const later = settles === undefined ? '' : ` (${settles.into} after ${settles.after} ms)`
  return `${state}: ${text}${later}`
}

/** A status of a controller that has seen the newest generation. */
function seen(status: JsonObject): JsonObject {
  return { observedGeneration: 2, ...status }
}

const metadata = { generation: 2 }
const available = [
  condition('Progressing', 'True', 'NewReplicaSetAvailable'),
  condition('Available', 'True'),
]
const counts = { replicas: 2, updatedReplicas: 2, availableReplicas: 2, readyReplicas: 2 }

describe('a Deployment', () => {
  const spec = { replicas: 2, progressDeadlineSeconds: 600 }
  test.each([
    { status: {}, want: 'progressing: waits for its controller to see it' },
    {
      status: { observedGeneration: 1 },
      want: 'progressing: waits for its controller to see the change',
    },
    { status: seen({ replicas: 1 }), want: 'progressing: 1/2 created' },
    {
      status: seen({ replicas: 2, updatedReplicas: 1 }),
      want: 'progressing: 1/2 updated',
    },
    {
      status: seen({ replicas: 3, updatedReplicas: 2 }),
      want: 'progressing: 1 old to be removed',
    },
    {
      status: seen({ ...counts, availableReplicas: 1 }),
      want: 'progressing: 1/2 available',
    },
    {
      status: seen({ ...counts, conditions: [available[1] ?? {}] }),
      want: 'progressing: the new replica set is not available',
    },
    { status: seen({ ...counts, conditions: available }), want: 'ready: 2/2 available' },
    {
      status: seen({
        replicas: 2,
        conditions: [condition('Progressing', 'False', 'ProgressDeadlineExceeded', 'too slow')],
      }),
      want: 'failed: ProgressDeadlineExceeded: too slow',
    },
  ])('$want', ({ status, want }) => {
    expect(verdict('Deployment/web', { metadata, spec, status })).toBe(want)
  })

  test('that is paused has nothing more to do', () => {
    expect(verdict('Deployment/web', { spec: { paused: true }, status: {} })).toBe(
      'ready: is paused',
    )
  })

  test('by the older rules may lack what its strategy allows', () => {
    const older: ReadinessRules = { by: 'legacy' }
    const strategy = { rollingUpdate: { maxUnavailable: '50%' } }
    const status = seen({ updatedReplicas: 2, readyReplicas: 1 })
    const fields = { metadata, spec: { ...spec, strategy }, status }
    expect(verdict('Deployment/web', fields, older)).toBe('ready: 1 ready, 1 needed')
    expect(verdict('Deployment/web', { ...fields, spec }, older)).toBe(
      'progressing: 1 ready, 2 needed',
    )
  })
})

describe('other workloads', () => {
  const revisions = { currentRevision: 'a', updateRevision: 'b' }
  test.each([
    {
      label: 'StatefulSet/db',
      fields: { spec: { replicas: 2 }, status: seen({ replicas: 2, readyReplicas: 1 }) },
      want: 'progressing: 1/2 ready',
    },
    {
      label: 'StatefulSet/db',
      fields: {
        spec: { replicas: 2 },
        status: seen({ replicas: 2, readyReplicas: 2, ...revisions }),
      },
      want: 'progressing: pods of the new revision replace the old ones',
    },
    {
      label: 'StatefulSet/db',
      fields: {
        spec: { replicas: 2 },
        status: seen({ replicas: 2, readyReplicas: 2, currentReplicas: 2 }),
      },
      want: 'ready: 2/2 ready',
    },
    {
      label: 'StatefulSet/db',
      fields: {
        spec: { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } },
        status: seen({ replicas: 3, readyReplicas: 3, updatedReplicas: 1, ...revisions }),
      },
      want: 'ready: 3/3 ready',
    },
    {
      label: 'StatefulSet/db',
      fields: { spec: { updateStrategy: { type: 'OnDelete' } }, status: {} },
      want: 'ready: is updated by hand (OnDelete)',
    },
    {
      label: 'DaemonSet/log',
      fields: { status: seen({ desiredNumberScheduled: 3, currentNumberScheduled: 2 }) },
      want: 'progressing: 2/3 scheduled',
    },
    {
      label: 'DaemonSet/log',
      fields: {
        status: seen({
          desiredNumberScheduled: 0,
          currentNumberScheduled: 0,
        }),
      },
      want: 'ready: 0/0 available',
    },
    {
      label: 'ReplicaSet/web',
      fields: {
        status: seen({
          conditions: [condition('ReplicaFailure', 'True', 'FailedCreate', 'quota')],
        }),
      },
      want: 'progressing: FailedCreate: quota',
    },
    { label: 'Pod/a', fields: { status: { phase: 'Pending' } }, want: 'progressing: is Pending' },
    {
      label: 'Pod/a',
      fields: { status: { phase: 'Running', conditions: [condition('Ready', 'True')] } },
      want: 'ready: is ready',
    },
    {
      label: 'Pod/a',
      fields: { status: { phase: 'Failed', reason: 'Evicted', message: 'no disk' } },
      want: 'failed: Evicted: no disk',
    },
  ])('$label $want', ({ label, fields, want }) => {
    expect(verdict(label, fields as unknown as JsonObject)).toBe(want)
  })
})

describe('a Job', () => {
  const failed = { conditions: [condition('Failed', 'True', 'BackoffLimitExceeded', 'too often')] }
  const ending = {
    conditions: [condition('FailureTarget', 'True', 'DeadlineExceeded', 'too long')],
  }
  test.each([
    { status: {}, plain: 'progressing: has not begun', ended: 'progressing: 0 of 3 completed' },
    {
      status: { startTime: 'now', active: 1, succeeded: 1 },
      plain: 'ready: has begun',
      ended: 'progressing: 1 of 3 completed',
    },
    {
      status: { succeeded: 3, conditions: [condition('Complete', 'True')] },
      plain: 'ready: has completed',
      ended: 'ready: 3 of 3 completed',
    },
    {
      status: failed,
      plain: 'failed: BackoffLimitExceeded: too often',
      ended: 'failed: BackoffLimitExceeded: too often',
    },
    {
      status: ending,
      plain: 'failed: DeadlineExceeded: too long',
      ended: 'failed: DeadlineExceeded: too long',
    },
    {
      status: { conditions: [condition('Suspended', 'True')] },
      plain: 'ready: is suspended',
      ended: 'progressing: is suspended',
    },
  ])('$plain, and when it must end, $ended', ({ status, plain, ended }) => {
    const fields = { spec: { completions: 3 }, status }
    expect(verdict('Job/a', fields)).toBe(plain)
    expect(verdict('Job/a', fields, { by: 'current', jobs: true })).toBe(ended)
    expect(verdict('Job/a', fields, { by: 'hook' })).toBe(ended)
  })
})

describe('what is not a workload', () => {
  test.each([
    { label: 'PersistentVolumeClaim/a', status: { phase: 'Bound' }, want: 'ready: is Bound' },
    {
      label: 'PersistentVolumeClaim/a',
      status: { phase: 'Pending' },
      want: 'progressing: is Pending',
    },
    { label: 'Namespace/a', status: { phase: 'Active' }, want: 'ready: is Active' },
    {
      label: 'CustomResourceDefinition/a',
      status: { conditions: [condition('Established', 'True')] },
      want: 'ready: is established',
    },
    {
      label: 'CustomResourceDefinition/a',
      status: { conditions: [condition('NamesAccepted', 'False', 'Conflict', 'taken')] },
      want: 'failed: Conflict: taken',
    },
    {
      label: 'APIService/a',
      status: { conditions: [condition('Available', 'False', 'MissingEndpoints', 'none')] },
      want: 'progressing: MissingEndpoints: none',
    },
    { label: 'PodDisruptionBudget/a', status: seen({}), want: 'ready: is computed' },
  ])('$label $want', ({ label, status, want }) => {
    expect(verdict(label, { status })).toBe(want)
  })

  test('a Service is ready unless its load balancer has no address', () => {
    const spec = { type: 'LoadBalancer' }
    expect(verdict('Service/a', { spec: { type: 'ClusterIP' } })).toBe('ready: is applied')
    expect(verdict('Service/a', { spec, status: { loadBalancer: {} } })).toBe(
      'progressing: waits for the address of its load balancer',
    )
    const status = { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } }
    expect(verdict('Service/a', { spec, status })).toBe('ready: has an address')
  })
})

describe('a custom resource', () => {
  test.each([
    { status: { conditions: [condition('Ready', 'True')] }, want: 'ready: Ready is True' },
    {
      status: { conditions: [condition('Ready', 'False', 'Issuing', 'soon')] },
      want: 'progressing: Issuing: soon',
    },
    {
      status: { conditions: [condition('Ready', 'Unknown')] },
      want: 'progressing: Ready is Unknown',
    },
    {
      status: { conditions: [condition('Synced', 'True'), condition('Ready', 'False')] },
      want: 'progressing: Ready is False',
    },
    {
      status: { conditions: [condition('Stalled', 'True', 'Bad', 'spec')] },
      want: 'failed: Bad: spec',
    },
    {
      status: {
        conditions: [condition('Ready', 'True'), condition('Reconciling', 'True', 'Busy')],
      },
      want: 'progressing: Busy',
    },
    { status: { phase: 'Healthy' }, want: 'ready: is Healthy' },
    { status: { phase: 'Degraded' }, want: 'progressing: is Degraded' },
    // A Rollout of Argo writes the generation it has seen as a text.
    {
      status: { observedGeneration: '1', phase: 'Healthy' },
      want: 'progressing: waits for its controller to see the change',
    },
    {
      status: { nodes: 3 },
      want: 'ready: has a status, and no condition that says more',
    },
    {
      status: {},
      want: 'progressing: has no status; taken for ready when none comes (ready after 2000 ms)',
    },
  ])('$want', ({ status, want }) => {
    expect(verdict('Widget/a', { metadata, status })).toBe(want)
  })
})

describe('an object’s own rule', () => {
  const annotations = {
    'helm.sh/readiness-success': '["{.phase} == \\"Done\\"", "{.succeeded} >= 1"]',
    'helm.sh/readiness-failure': '["{.conditions[?(@.type==\\"Broken\\")].status} == \\"True\\""]',
  }
  test.each([
    { status: { phase: 'Done' }, want: 'ready: {.phase} == "Done"' },
    { status: { succeeded: 2 }, want: 'ready: {.succeeded} >= 1' },
    {
      status: { phase: 'Busy' },
      want: 'progressing: waits for {.phase} == "Done" or {.succeeded} >= 1',
    },
    {
      status: { phase: 'Done', conditions: [condition('Broken', 'True')] },
      want: 'failed: {.conditions[?(@.type=="Broken")].status} == "True" (helm.sh/readiness-failure)',
    },
  ])('$want', ({ status, want }) => {
    const fields = { metadata: { annotations }, status: status as JsonObject }
    expect(verdict('Widget/a', fields)).toBe(want)
  })

  test.each(['', 'no list', '["no comparison"]', '[1]'])(
    'that cannot be read leaves the kind’s own: %j',
    (success) => {
      const own = { ...annotations, 'helm.sh/readiness-success': success }
      const fields = { metadata: { annotations: own }, status: { phase: 'Ready' } }
      expect(verdict('Widget/a', fields)).toBe('ready: is Ready')
    },
  )
})

test('is being deleted counts for more than what the status says', () => {
  const fields = { metadata: { deletionTimestamp: 'now' }, status: { phase: 'Bound' } }
  expect(verdict('PersistentVolumeClaim/a', fields)).toBe('progressing: is being deleted')
})

test.each([
  { label: 'ConfigMap/a', by: 'current', want: false },
  { label: 'Deployment/a', by: 'current', want: true },
  { label: 'Widget/a', by: 'current', want: true },
  { label: 'Widget/a', by: 'legacy', want: false },
  { label: 'Job/a', by: 'current', want: true },
  { label: 'Job/a', by: 'legacy', want: false },
  { label: 'Deployment/a', by: 'hook', want: false },
  { label: 'Pod/a', by: 'hook', want: true },
  { label: 'CustomResourceDefinition/a', by: 'hook', want: true },
] as const)('$label by $by rules is waited for: $want', ({ label, by, want }) => {
  expect(isWaitedFor(kubeObject(label), { by })).toBe(want)
})

test('an annotation takes an object out of the wait', () => {
  const annotations = { 'kubectl-pkg/wait': 'false' }
  expect(
    isWaitedFor(kubeObject('Widget/a', { metadata: { annotations } }), { by: 'current' }),
  ).toBe(false)
})
