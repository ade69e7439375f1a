import { expect, test } from 'vitest'
import { heldData, objectOf, recordMeta, recordObject } from '../../../src/storage/record-object.ts'
import { releaseOf } from '../../support/releases.ts'
import { configMapChart } from '../../support/target.ts'

const NOW = new Date('2026-01-01T00:00:00.900Z')
const STAMP = { write: 't.1', leftOut: undefined, time: { label: 'createdAt', now: NOW } } as const

test('a record is the object that Helm’s driver of that kind writes, and marks', () => {
  const release = releaseOf({ revision: 3, labels: { team: 'a' } })
  const metadata = {
    name: 'sh.helm.release.v1.web.v3',
    labels: {
      team: 'a',
      createdAt: '1767225600',
      name: 'web',
      owner: 'helm',
      status: 'deployed',
      version: '3',
    },
    annotations: {
      'kubectl-pkg/write': 't.1',
      'kubectl-pkg/summary':
        '{"updated":"2026-01-01T00:00:00Z","chart":"web","version":"1.0.0","appVersion":"9.9"}',
    },
  }
  // Source: Helm 4.1.4 pkg/storage/driver/secrets.go, newSecretsObject; cfgmaps.go.
  expect(recordObject('secret', release, 'H4sI', STAMP)).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'helm.sh/release.v1',
    metadata,
    data: { release: 'SDRzSQ==' },
  })
  expect(recordObject('configmap', release, 'H4sI', STAMP)).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
    data: { release: 'H4sI' },
    binaryData: {},
  })
})

test.each(['secret', 'configmap'] as const)('a %s gives back the bytes it holds', (kind) => {
  const data = { text: Buffer.from('abc'), binary: Buffer.from([0, 255, 128]) }
  const object = objectOf(kind, { name: 'a', labels: {}, type: 't', data })
  expect([heldData(object, 'text'), heldData(object, 'binary'), heldData(object, 'none')]).toEqual([
    data.text,
    data.binary,
    undefined,
  ])
})

test('metadata tell what a record is before it is decoded', () => {
  const object = {
    metadata: {
      name: 'sh.helm.release.v1.my.web.v12',
      namespace: 'apps',
      uid: 'u1',
      resourceVersion: '7',
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { name: 'my.web', owner: 'helm', status: 'failed', version: '12', team: 'a' },
      annotations: { 'kubectl-pkg/write': 't.4' },
      managedFields: [{ time: '2026-01-01T00:00:09Z' }, { time: '2026-01-01T00:00:05Z' }, {}],
    },
  }
  expect(recordMeta(object)).toEqual({
    name: 'my.web',
    namespace: 'apps',
    revision: 12,
    status: 'failed',
    labels: { team: 'a' },
    createdAt: Date.UTC(2026, 0, 1),
    objectName: 'sh.helm.release.v1.my.web.v12',
    uid: 'u1',
    resourceVersion: '7',
    changedAt: Date.UTC(2026, 0, 1, 0, 0, 9),
    write: 't.4',
    leftOut: undefined,
    summary: undefined,
  })
})

test('metadata tell what a list shows of a record', () => {
  const chart = configMapChart({})
  const metadata = { ...chart.metadata, version: '1.2.3+a', appVersion: 'v9\n"é' }
  const release = releaseOf({ chart: { ...chart, metadata }, lastDeployed: '2026-01-01T00:00:00Z' })
  expect(recordMeta(recordObject('secret', release, '', STAMP))?.summary).toEqual({
    lastDeployed: '2026-01-01T00:00:00Z',
    chart: { metadata: { name: 'web', version: '1.2.3+a', appVersion: 'v9\n"é' } },
  })
  const long = { ...chart, metadata: { ...metadata, appVersion: 'v'.repeat(2000) } }
  const object = recordObject('secret', releaseOf({ chart: long }), '', STAMP)
  expect(recordMeta(object)?.summary).toBeUndefined()
})

test.each(['', 'no JSON', '[]', 'null', '{"updated":"","chart":"web"}', '{"chart":1}'])(
  'a summary that is no summary is not believed: %s',
  (text) => {
    const annotations = { 'kubectl-pkg/summary': text }
    const meta = recordMeta({ metadata: { name: 'sh.helm.release.v1.web.v1', annotations } })
    expect(meta?.summary).toBeUndefined()
  },
)

test.each([
  ['of its own revision', 'v12.c0123456789abcdef-2', 'c0123456789abcdef-2'],
  ['that Helm has copied from the revision before', 'v11.c0123456789abcdef-2', undefined],
])('a mark of what lies beside it %s', (_, label, leftOut) => {
  const name = 'sh.helm.release.v1.web.v12'
  const meta = recordMeta({ metadata: { name, labels: { 'kubectl-pkg/left-out': label } } })
  expect([meta?.leftOut, meta?.labels]).toEqual([leftOut, {}])
})

test.each(['pkg.journal.v1.web', 'sh.helm.release.v1.web', 'other'])('%s is no record', (name) => {
  expect(recordMeta({ metadata: { name } })).toBeUndefined()
})
