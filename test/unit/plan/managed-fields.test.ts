import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import type { KubeObject } from '../../../src/manifest/object.ts'
import { differencesOf } from '../../../src/plan/field-owners.ts'
import { isSettled } from '../../../src/plan/managed-fields.ts'

/** A manager's fields, as an API server writes them down. */
function entry(manager: string, fieldsV1: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    manager,
    operation: 'Apply',
    apiVersion: 'apps/v1',
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...more,
  }
}

const OWN_FIELDS = {
  'f:metadata': { 'f:labels': { 'f:app': {} } },
  'f:spec': {
    'f:replicas': {},
    'f:selector': {},
    'f:template': {
      'f:spec': {
        'f:containers': {
          'k:{"name":"web"}': {
            '.': {},
            'f:image': {},
            'f:name': {},
            'f:ports': {
              'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} },
            },
            'f:resources': {},
          },
        },
        'f:nodeSelector': {},
      },
    },
  },
}

function deployment(spec: { image?: string; replicas?: number; app?: string } = {}): KubeObject {
  const { image = 'web:1', replicas = 2, app = 'web' } = spec
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'apps', labels: { app } },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        spec: {
          containers: [{ name: 'web', image, ports: [{ containerPort: 80 }], resources: {} }],
          nodeSelector: {},
        },
      },
    },
  }
}

/** The deployment as a server gives it back: defaults filled in, empty maps left out. */
function live(
  managedFields: JsonObject[],
  spec: Parameters<typeof deployment>[0] = {},
): KubeObject {
  const object = structuredClone(deployment(spec))
  return {
    ...object,
    metadata: { ...object.metadata, uid: 'u1', resourceVersion: '7', managedFields },
    spec: {
      ...(object['spec'] as JsonObject),
      revisionHistoryLimit: 10,
      template: {
        spec: {
          restartPolicy: 'Always',
          containers: [
            {
              name: 'web',
              image: spec.image ?? 'web:1',
              ports: [{ containerPort: 80, protocol: 'TCP' }],
              resources: {},
              imagePullPolicy: 'IfNotPresent',
            },
          ],
        },
      },
    },
    status: { readyReplicas: 2 },
  }
}

test('an object whose fields are all ours and as wanted is settled', () => {
  expect(isSettled(deployment(), live([entry('us', OWN_FIELDS)]), 'us')).toBe(true)
})

test.each([
  { why: 'a value differs', desired: deployment({ image: 'web:2' }) },
  { why: 'a label differs', desired: deployment({ app: 'shop' }) },
  {
    why: 'a field is new',
    desired: { ...deployment(), spec: { ...(deployment()['spec'] as JsonObject), paused: true } },
  },
  {
    why: 'a field is no longer wanted',
    desired: { ...deployment(), metadata: { name: 'web', namespace: 'apps' } },
  },
  { why: 'the version differs', desired: { ...deployment(), apiVersion: 'apps/v2' } },
])('an object is not settled when $why', ({ desired }) => {
  expect(isSettled(desired, live([entry('us', OWN_FIELDS)]), 'us')).toBe(false)
})

test.each([
  { why: 'nobody says who manages it', entries: [] },
  { why: 'somebody else manages it', entries: [entry('them', OWN_FIELDS)] },
  { why: 'it was not applied', entries: [entry('us', OWN_FIELDS, { operation: 'Update' })] },
])('an object is not settled when $why', ({ entries }) => {
  expect(isSettled(deployment(), live(entries), 'us')).toBe(false)
})

test('null and what says no more than its absence are the same as absent', () => {
  const desired = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', annotations: null },
    data: { a: '1' },
    binaryData: {},
  }
  const managedFields = [
    entry('us', { 'f:data': { 'f:a': {} }, 'f:binaryData': {} }, { apiVersion: 'v1' }),
  ]
  const stored = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', managedFields },
    data: { a: '1' },
  }
  expect(isSettled(desired, stored, 'us')).toBe(true)
  expect(isSettled({ ...desired, data: null }, stored, 'us')).toBe(false)
})

test('a list of plain values is settled when each is ours and there', () => {
  const desired = {
    apiVersion: 'v1',
    kind: 'X',
    metadata: { name: 'a', finalizers: ['x/a', 'x/b'] },
  }
  const fields = { 'f:metadata': { 'f:finalizers': { '.': {}, 'v:"x/a"': {}, 'v:"x/b"': {} } } }
  const stored = (finalizers: string[]): KubeObject => ({
    ...desired,
    metadata: { name: 'a', finalizers, managedFields: [entry('us', fields, { apiVersion: 'v1' })] },
  })
  expect(isSettled(desired, stored(['x/b', 'x/a', 'x/c']), 'us')).toBe(true)
  expect(isSettled(desired, stored(['x/a']), 'us')).toBe(false)
})

test('differences name the field as Kubernetes does, and its managers', () => {
  const theirs = {
    'f:spec': {
      'f:template': {
        'f:spec': { 'f:containers': { 'k:{"name":"web"}': { 'f:image': {} } } },
      },
    },
  }
  const scaled = entry(
    'kube-controller-manager',
    { 'f:spec': { 'f:replicas': {} } },
    {
      operation: 'Update',
      subresource: 'scale',
    },
  )
  const found = differencesOf(
    deployment({ image: 'web:2' }),
    live(
      [entry('us', OWN_FIELDS), entry('kubectl-edit', theirs, { operation: 'Update' }), scaled],
      {
        image: 'web:hot',
        replicas: 7,
      },
    ),
  )
  expect(
    found.map(({ path, desired, live: actual, owners }) => ({
      path,
      desired,
      actual,
      owners: owners.map(({ manager }) => manager),
    })),
  ).toEqual([
    {
      path: '.spec.replicas',
      desired: 2,
      actual: 7,
      owners: ['us', 'kube-controller-manager'],
    },
    {
      path: '.spec.template.spec.containers[name="web"].image',
      desired: 'web:2',
      actual: 'web:hot',
      owners: ['us', 'kubectl-edit'],
    },
  ])
})

test('a list that is only changed as a whole differs as a whole', () => {
  const object = (args: string[], more: JsonObject = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'X',
    metadata: { name: 'a', ...more },
    spec: { args },
  })
  const managedFields = [entry('them', { 'f:spec': { 'f:args': {} } })]
  expect(differencesOf(object(['a', 'b']), object(['a'], { managedFields }))).toMatchObject([
    { path: '.spec.args', desired: ['a', 'b'], live: ['a'], owners: [{ manager: 'them' }] },
  ])
})
