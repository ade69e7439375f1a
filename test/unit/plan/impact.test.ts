import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../src/base/json.ts'
import type { KubeObject } from '../../../src/manifest/object.ts'
import { impactOf, impactOfPlan, isAbove, type Impact } from '../../../src/plan/impact.ts'
import type { Change, Op } from '../../../src/plan/plan.ts'

const GROUPS: Record<string, string> = {
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  Job: 'batch/v1',
  CronJob: 'batch/v1',
  Ingress: 'networking.k8s.io/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  IngressClass: 'networking.k8s.io/v1',
  HTTPRoute: 'gateway.networking.k8s.io/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  PodDisruptionBudget: 'policy/v1',
  ClusterRole: 'rbac.authorization.k8s.io/v1',
  ClusterRoleBinding: 'rbac.authorization.k8s.io/v1',
  Role: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
  StorageClass: 'storage.k8s.io/v1',
  PriorityClass: 'scheduling.k8s.io/v1',
  APIService: 'apiregistration.k8s.io/v1',
  CustomResourceDefinition: 'apiextensions.k8s.io/v1',
  MutatingWebhookConfiguration: 'admissionregistration.k8s.io/v1',
  ValidatingWebhookConfiguration: 'admissionregistration.k8s.io/v1',
  Database: 'db.example.org/v1',
}

function object(kind: string, fields: JsonObject = {}, labels: JsonObject = {}): KubeObject {
  const apiVersion = GROUPS[kind] ?? 'v1'
  return { apiVersion, kind, metadata: { name: 'a', labels }, ...fields }
}

function change(op: Op, kind: string, before: JsonObject, after: JsonObject): Change {
  const live = op === 'create' ? undefined : object(kind, before)
  const made: Change = { op, object: object(kind, op === 'delete' ? before : after), live }
  return op === 'update' ? { ...made, after: object(kind, after) } : made
}

interface Row {
  op?: Op
  kind: string
  before?: JsonObject
  after?: JsonObject
  want: Impact
}

const spec = (fields: JsonObject): JsonObject => ({ spec: fields })
const image = (tag: string, more: JsonObject = {}): JsonObject => ({
  spec: { replicas: 2, ...more, template: { spec: { containers: [{ name: 'a', image: tag }] } } },
})
const port = (...ports: number[]): JsonObject => ({
  spec: { ports: ports.map((each): Json => ({ port: each })) },
})

// What each change does is argued in docs/applying.md.
const ROWS: Row[] = [
  {
    kind: 'ConfigMap',
    before: { data: { a: '1' } },
    after: { data: { a: '2' } },
    want: 'config-reload',
  },
  {
    kind: 'Secret',
    before: { data: { a: '1' } },
    after: { data: { a: '2' } },
    want: 'config-reload',
  },
  { kind: 'Deployment', before: image('1'), after: image('2'), want: 'rolling-restart' },
  { kind: 'DaemonSet', before: image('1'), after: image('2'), want: 'rolling-restart' },
  { kind: 'StatefulSet', before: image('1'), after: image('2'), want: 'rolling-restart' },
  {
    kind: 'StatefulSet',
    before: image('1', { replicas: 1 }),
    after: image('2', { replicas: 1 }),
    want: 'downtime',
  },
  {
    kind: 'Deployment',
    before: image('1', { replicas: 1 }),
    after: image('2', { replicas: 1 }),
    want: 'rolling-restart',
  },
  {
    kind: 'Deployment',
    before: image('1', { replicas: 1 }),
    after: image('2', { replicas: 1, strategy: { rollingUpdate: { maxSurge: 0 } } }),
    want: 'downtime',
  },
  {
    kind: 'Deployment',
    before: image('1'),
    after: image('2', { strategy: { type: 'Recreate' } }),
    want: 'downtime',
  },
  {
    kind: 'DaemonSet',
    before: image('1'),
    after: image('2', { updateStrategy: { type: 'OnDelete' } }),
    want: 'config-reload',
  },
  {
    kind: 'Deployment',
    before: spec({ replicas: 2 }),
    after: spec({ replicas: 3 }),
    want: 'scale',
  },
  {
    kind: 'StatefulSet',
    before: spec({ replicas: 3 }),
    after: spec({ replicas: 1 }),
    want: 'scale',
  },
  {
    kind: 'Deployment',
    before: spec({ replicas: 2 }),
    after: spec({ replicas: 0 }),
    want: 'downtime',
  },
  { kind: 'Deployment', before: image('1'), after: image('2', { replicas: 0 }), want: 'downtime' },
  {
    kind: 'Deployment',
    before: image('1'),
    after: image('2', { replicas: 5 }),
    want: 'rolling-restart',
  },
  {
    kind: 'Deployment',
    before: spec({ revisionHistoryLimit: 10 }),
    after: spec({ revisionHistoryLimit: 2 }),
    want: 'config-reload',
  },
  { kind: 'Service', before: port(80), after: port(80, 443), want: 'config-reload' },
  { kind: 'Service', before: port(80, 443), after: port(80), want: 'downtime' },
  { kind: 'Service', before: port(80), after: port(81), want: 'downtime' },
  {
    kind: 'Service',
    before: spec({ selector: { a: '1' } }),
    after: spec({ selector: { a: '2' } }),
    want: 'downtime',
  },
  {
    kind: 'Service',
    before: spec({ type: 'LoadBalancer' }),
    after: spec({ type: 'ClusterIP' }),
    want: 'downtime',
  },
  {
    kind: 'Ingress',
    before: spec({ rules: [{ host: 'a' }] }),
    after: spec({ rules: [{ host: 'a' }, { host: 'b' }] }),
    want: 'config-reload',
  },
  {
    kind: 'Ingress',
    before: spec({ rules: [{ host: 'a' }, { host: 'b' }] }),
    after: spec({ rules: [{ host: 'a' }] }),
    want: 'downtime',
  },
  {
    kind: 'HTTPRoute',
    before: spec({ hostnames: ['a', 'b'] }),
    after: spec({ hostnames: ['a'] }),
    want: 'downtime',
  },
  {
    kind: 'HorizontalPodAutoscaler',
    before: spec({ maxReplicas: 2 }),
    after: spec({ maxReplicas: 4 }),
    want: 'scale',
  },
  { kind: 'Pod', before: image('1'), after: image('2'), want: 'downtime' },
  {
    kind: 'CronJob',
    before: spec({ schedule: '@daily' }),
    after: spec({ schedule: '@hourly' }),
    want: 'config-reload',
  },
  {
    kind: 'PersistentVolumeClaim',
    before: spec({ resources: { requests: { storage: '1Gi' } } }),
    after: spec({ resources: { requests: { storage: '2Gi' } } }),
    want: 'config-reload',
  },
  { kind: 'Role', before: { rules: [] }, after: { rules: [{}] }, want: 'config-reload' },
  { kind: 'NetworkPolicy', before: spec({ a: 1 }), after: spec({ a: 2 }), want: 'config-reload' },
  {
    kind: 'PodDisruptionBudget',
    before: spec({ a: 1 }),
    after: spec({ a: 2 }),
    want: 'config-reload',
  },
  { kind: 'Database', before: spec({ size: 1 }), after: spec({ size: 2 }), want: 'config-reload' },
  { kind: 'ClusterRole', before: { rules: [] }, after: { rules: [{}] }, want: 'cluster-wide' },
  { kind: 'StorageClass', before: { a: 1 }, after: { a: 2 }, want: 'cluster-wide' },
  {
    kind: 'MutatingWebhookConfiguration',
    before: { webhooks: [] },
    after: { webhooks: [{}] },
    want: 'cluster-wide',
  },
  {
    kind: 'CustomResourceDefinition',
    before: spec({ a: 1 }),
    after: spec({ a: 2 }),
    want: 'cluster-wide',
  },
  { kind: 'APIService', before: spec({ a: 1 }), after: spec({ a: 2 }), want: 'cluster-wide' },

  { op: 'create', kind: 'Deployment', want: 'none' },
  { op: 'create', kind: 'PersistentVolumeClaim', want: 'none' },
  { op: 'create', kind: 'Namespace', want: 'none' },
  { op: 'create', kind: 'CustomResourceDefinition', want: 'none' },
  { op: 'create', kind: 'ClusterRoleBinding', want: 'cluster-wide' },
  { op: 'create', kind: 'ValidatingWebhookConfiguration', want: 'cluster-wide' },
  { op: 'create', kind: 'PriorityClass', want: 'cluster-wide' },

  { op: 'recreate', kind: 'Job', want: 'recreate' },
  { op: 'recreate', kind: 'ConfigMap', want: 'recreate' },
  { op: 'recreate', kind: 'RoleBinding', want: 'recreate' },
  { op: 'recreate', kind: 'Deployment', want: 'downtime' },
  { op: 'recreate', kind: 'Service', want: 'downtime' },
  { op: 'recreate', kind: 'PersistentVolumeClaim', want: 'data-loss' },
  { op: 'recreate', kind: 'CustomResourceDefinition', want: 'data-loss' },
  { op: 'recreate', kind: 'Namespace', want: 'data-loss' },
  { op: 'recreate', kind: 'StorageClass', want: 'cluster-wide' },

  { op: 'delete', kind: 'ConfigMap', want: 'config-reload' },
  { op: 'delete', kind: 'Job', want: 'none' },
  { op: 'delete', kind: 'HorizontalPodAutoscaler', want: 'scale' },
  { op: 'delete', kind: 'Deployment', want: 'downtime' },
  { op: 'delete', kind: 'StatefulSet', want: 'downtime' },
  {
    op: 'delete',
    kind: 'StatefulSet',
    before: spec({ persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } }),
    want: 'data-loss',
  },
  { op: 'delete', kind: 'Service', want: 'downtime' },
  { op: 'delete', kind: 'Ingress', want: 'downtime' },
  { op: 'delete', kind: 'Database', want: 'downtime' },
  { op: 'delete', kind: 'PersistentVolumeClaim', want: 'data-loss' },
  { op: 'delete', kind: 'PersistentVolume', want: 'data-loss' },
  {
    op: 'delete',
    kind: 'PersistentVolume',
    before: spec({ persistentVolumeReclaimPolicy: 'Retain' }),
    want: 'config-reload',
  },
  { op: 'delete', kind: 'Namespace', want: 'data-loss' },
  { op: 'delete', kind: 'CustomResourceDefinition', want: 'data-loss' },
  { op: 'delete', kind: 'IngressClass', want: 'cluster-wide' },

  { op: 'unchanged', kind: 'Deployment', want: 'none' },
  { op: 'keep', kind: 'PersistentVolumeClaim', want: 'none' },
]

test.each(ROWS)(
  '$op of $kind is of class $want',
  ({ op = 'update', kind, before, after, want }) => {
    expect(impactOf(change(op, kind, before ?? {}, after ?? {})).impact).toBe(want)
  },
)

test('labels and annotations alone are metadata, of whatever kind', () => {
  const after = object('ClusterRole', {}, { team: 'a' })
  expect(impactOf({ op: 'update', object: after, live: object('ClusterRole'), after }).impact).toBe(
    'metadata',
  )
})

test('what the server fills in and its status are no change', () => {
  const live = object('Deployment', { ...spec({ replicas: 2, paused: false }), status: { a: 1 } })
  expect(
    impactOf({ op: 'update', object: object('Deployment', spec({ replicas: 2 })), live }),
  ).toEqual({ impact: 'metadata', reason: 'labels and annotations only' })
})

test('a CRD without custom resources loses no data', () => {
  const crd = object('CustomResourceDefinition')
  const gone: Change = { op: 'delete', object: crd, live: crd }
  const facts = (count: number) => ({ customResources: new Map([['a', count]]) })
  expect(impactOf(gone, facts(0)).impact).toBe('cluster-wide')
  expect(impactOf(gone, facts(3))).toEqual({
    impact: 'data-loss',
    reason: 'its 3 custom resources are deleted with it',
  })
})

test('a StatefulSet that is made anew around its pods loses nothing', () => {
  const set = object(
    'StatefulSet',
    spec({ persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } }),
  )
  expect(
    impactOf({
      op: 'recreate',
      object: set,
      live: set,
      isOrphaning: true,
      reason: 'spec.x is immutable',
    }),
  ).toEqual({ impact: 'recreate', reason: 'spec.x is immutable; its pods and claims stay' })
})

test('a plan is as bad as the worst of its changes', () => {
  const changes = [
    change('create', 'Deployment', {}, {}),
    change('delete', 'PersistentVolumeClaim', {}, {}),
    change('update', 'Deployment', spec({ replicas: 1 }), spec({ replicas: 2 })),
  ]
  expect(impactOfPlan({ changes })).toBe('data-loss')
  expect(isAbove('data-loss', 'rolling-restart')).toBe(true)
  expect(isAbove('scale', 'scale')).toBe(false)
})
