import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import { movedFields } from '../../../src/cluster/field-managers.ts'
import type { KubeObject } from '../../../src/manifest/object.ts'
import { claimOf, clearingPatch } from '../../../src/plan/cleared.ts'
import { foreignFields } from '../../../src/plan/foreign-fields.ts'
import { isOwn, type ManagedEntry } from '../../../src/plan/managed-fields.ts'

function entry(manager: string, operation: string, fieldsV1: JsonObject): JsonObject {
  return { manager, operation, apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1 }
}

const ITEM = { '.': {}, 'f:name': {}, 'f:port': {}, 'f:protocol': {} }
const OTHERS = 'k:{"port":81,"protocol":"TCP"}'

/** A Service whose port somebody has changed from 80 to 81, and given an annotation. */
const live: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'web',
    resourceVersion: '7',
    annotations: { by: 'hand' },
    labels: { rev: '1', old: 'yes' },
    managedFields: [
      entry('helm', 'Apply', {
        'f:metadata': { 'f:labels': { 'f:rev': {}, 'f:old': {} } },
        'f:spec': { 'f:selector': {} },
      }),
      entry('kubectl-edit', 'Update', {
        'f:metadata': { 'f:annotations': { '.': {}, 'f:by': {} } },
        'f:spec': { 'f:ports': { [OTHERS]: ITEM } },
      }),
    ],
  },
  spec: {
    clusterIP: '10.0.0.1',
    selector: { app: 'web' },
    ports: [{ name: 'http', port: 81, protocol: 'TCP' }],
  },
}
const desired: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', labels: { rev: '2' } },
  spec: { selector: { app: 'web2' }, ports: [{ name: 'http', port: 80 }] },
}

const isOurs = (each: ManagedEntry): boolean => isOwn(each, 'helm')
const added = foreignFields(desired, live, isOurs)
const port = added.filter(({ path }) => path.startsWith('.spec'))

test('what goes is what others have added and we have dropped; what the server filled in stays', () => {
  expect(added.map(({ path }) => path)).toEqual([
    '.metadata.annotations',
    '.spec.ports[port=81,protocol="TCP"]',
  ])
  expect(clearingPatch(desired, live, { fields: port, isOurs })).toEqual([
    {
      op: 'add',
      path: '/spec',
      value: {
        clusterIP: '10.0.0.1',
        selector: { app: 'web2' },
        ports: [{ name: 'http', port: 80 }],
      },
    },
    { op: 'add', path: '/metadata/labels', value: { rev: '2' } },
  ])
})

test('what is claimed is ours then, and of nobody else', () => {
  expect(claimOf(port)).toEqual({ 'f:spec': { 'f:ports': { [OTHERS]: ITEM } } })
  expect(movedFields(live, claimOf(port))).toEqual([
    {
      op: 'replace',
      path: '/metadata/managedFields',
      value: [
        entry('helm', 'Apply', {
          'f:metadata': { 'f:labels': { 'f:rev': {}, 'f:old': {} } },
          'f:spec': { 'f:selector': {}, 'f:ports': { [OTHERS]: ITEM } },
        }),
        entry('kubectl-edit', 'Update', {
          'f:metadata': { 'f:annotations': { '.': {}, 'f:by': {} } },
        }),
      ],
    },
    { op: 'replace', path: '/metadata/resourceVersion', value: '7' },
  ])
})

test('a manager that is left with nothing is not named any more', () => {
  const moved = JSON.stringify(movedFields(live, claimOf(added)))
  expect(moved).not.toContain('kubectl-edit')
})

test('a port without a protocol is one of TCP', () => {
  const udp = JSON.parse(
    JSON.stringify(live).replaceAll('81', '80').replaceAll('TCP', 'UDP'),
  ) as KubeObject
  expect(foreignFields(desired, udp, isOurs).map(({ path }) => path)).toContain(
    '.spec.ports[port=80,protocol="UDP"]',
  )
})
