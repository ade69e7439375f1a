import { expect, test } from 'vitest'
import { describeObject, type KubeObject } from '../../../src/manifest/object.ts'
import type { Change, Op, Sequence } from '../../../src/plan/plan.ts'
import { sequenceOf, withoutSequence, type SequencedChart } from '../../../src/plan/sequence.ts'
import { wavesOf } from '../../../src/plan/waves.ts'

interface Wanted {
  /** `Deployment/web` */
  label: string
  chart?: string
  group?: string
  after?: string[] | string
}

function object({ label, group, after }: Wanted): KubeObject {
  const [kind = '', name = ''] = label.split('/')
  const groups = typeof after === 'string' ? after : JSON.stringify(after)
  return {
    apiVersion: kind === 'Database' ? 'db.example.org/v1' : 'v1',
    kind,
    metadata: {
      name,
      annotations: {
        ...(group !== undefined && { 'helm.sh/resource-group': group }),
        ...(groups !== undefined && { 'helm.sh/depends-on/resource-groups': groups }),
      },
    },
  }
}

function chart(path: string, more: Partial<SequencedChart> = {}): SequencedChart {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return { path, name, after: [], subcharts: [], dependsOn: new Map(), ...more }
}

/** Each wave on one line, with what the next one waits for. */
function waves(
  objects: Wanted[],
  { root = chart('web'), ops = {}, notices = [] }: WaveOptions = {},
): string[] {
  const sourced = objects.map((each) => ({ object: object(each), chart: each.chart ?? 'web' }))
  const sequence: Sequence = sequenceOf(root, sourced, (notice) => notices.push(notice))
  const changes = sourced.map((each): Change => {
    const op: Op = ops[describeObject(each.object)] ?? 'create'
    return { op, object: each.object, live: undefined }
  })
  return wavesOf({ changes, sequence }).map(({ changes: each, awaited, leaving }) => {
    const labels = each.map((change) => describeObject(change.object)).join(' ')
    const ready =
      awaited.length === 0 ? '' : `, then ready ${awaited.map(describeObject).join(' ')}`
    const gone = leaving.length === 0 ? '' : `, then gone ${leaving.map(describeObject).join(' ')}`
    return `${labels}${ready}${gone}`
  })
}

interface WaveOptions {
  root?: SequencedChart
  ops?: Record<string, Op>
  notices?: string[]
}

test('without any order, kinds go in install order after namespaces and CRDs', () => {
  expect(
    waves([
      { label: 'Deployment/a' },
      { label: 'Database/db' },
      { label: 'CustomResourceDefinition/databases' },
      { label: 'ConfigMap/c' },
      { label: 'Namespace/n' },
      { label: 'ConfigMap/d' },
    ]),
  ).toEqual([
    'Namespace/n',
    'CustomResourceDefinition/databases, then ready CustomResourceDefinition/databases',
    'ConfigMap/c ConfigMap/d',
    'Deployment/a',
    'Database/db',
  ])
})

test('groups wait for the groups they name; what has no order goes last', () => {
  expect(
    waves([
      { label: 'Deployment/app', group: 'app', after: ['database', 'cache'] },
      { label: 'StatefulSet/db', group: 'database' },
      { label: 'Service/db', group: 'database' },
      { label: 'Deployment/cache', group: 'cache' },
      { label: 'ConfigMap/rest' },
      { label: 'ConfigMap/alone', group: 'nobody-waits' },
    ]),
  ).toEqual([
    'Service/db',
    'Deployment/cache',
    'StatefulSet/db, then ready StatefulSet/db Service/db Deployment/cache',
    'Deployment/app, then ready Deployment/app',
    'ConfigMap/rest ConfigMap/alone',
  ])
})

test('what is unchanged is waited for all the same', () => {
  expect(
    waves(
      [
        { label: 'Deployment/app', group: 'app', after: ['database'] },
        { label: 'StatefulSet/db', group: 'database' },
      ],
      { ops: { 'StatefulSet/db': 'unchanged' } },
    ),
  ).toEqual([', then ready StatefulSet/db', 'Deployment/app'])
})

test('subcharts wait for their siblings, and a chart for its subcharts', () => {
  const subcharts = [chart('web/charts/db'), chart('web/charts/cache'), chart('web/charts/api')]
  const dependsOn = new Map([['api', ['db', 'cache', 'switched-off']]])
  expect(
    waves(
      [
        { label: 'Deployment/own' },
        { label: 'Deployment/api', chart: 'web/charts/api' },
        { label: 'Deployment/cache', chart: 'web/charts/cache' },
        { label: 'StatefulSet/db', chart: 'web/charts/db' },
      ],
      { root: chart('web', { subcharts, dependsOn, after: ['api'] }) },
    ),
  ).toEqual([
    'Deployment/cache',
    'StatefulSet/db, then ready Deployment/cache StatefulSet/db',
    'Deployment/api, then ready Deployment/api',
    'Deployment/own',
  ])
})

test('groups of one chart are nothing to another chart', () => {
  const notices: string[] = []
  const root = chart('web', { subcharts: [chart('web/charts/db')] })
  expect(
    waves(
      [
        { label: 'Deployment/app', after: ['database'], group: 'app' },
        { label: 'StatefulSet/db', chart: 'web/charts/db', group: 'database' },
      ],
      { root, notices },
    ),
  ).toEqual(['Deployment/app', 'StatefulSet/db'])
  expect(notices).toEqual([
    'group "database" that group app of chart web waits for is not in the chart',
  ])
})

test('an annotation that is no list is told, and orders nothing', () => {
  const notices: string[] = []
  expect(waves([{ label: 'Deployment/app', after: 'database' }], { notices })).toEqual([
    'Deployment/app',
  ])
  expect(notices).toEqual([
    'helm.sh/depends-on/resource-groups of Deployment/app is no JSON list of names',
  ])
})

test.each([
  {
    what: 'groups',
    objects: [
      { label: 'Deployment/a', group: 'a', after: ['c'] },
      { label: 'Deployment/b', group: 'b', after: ['a'] },
      { label: 'Deployment/c', group: 'c', after: ['b'] },
    ],
    root: chart('web'),
    message:
      'what the chart puts in order waits for itself: group b of chart web → group c of chart web → group a of chart web → group b of chart web',
  },
  {
    what: 'subcharts',
    objects: [{ label: 'Deployment/a' }],
    root: chart('web', {
      subcharts: [chart('web/charts/db'), chart('web/charts/api')],
      dependsOn: new Map([
        ['api', ['db']],
        ['db', ['api']],
      ]),
    }),
    message: 'what the chart puts in order waits for itself: chart api → chart db → chart api',
  },
])('a circle of $what is an error that names it', ({ objects, root, message }) => {
  expect(() => waves(objects, { root })).toThrow(
    expect.objectContaining({ code: 'SEQUENCE_CYCLE', exit: 6, message }),
  )
})

test('what goes, goes in reverse; custom resources before what looks after them', () => {
  const gone: Record<string, Op> = {
    'Deployment/operator': 'delete',
    'Database/db': 'delete',
    'ConfigMap/c': 'delete',
  }
  expect(
    waves([{ label: 'ConfigMap/c' }, { label: 'Deployment/operator' }, { label: 'Database/db' }], {
      ops: gone,
    }),
  ).toEqual(['Database/db, then gone Database/db', 'Deployment/operator', 'ConfigMap/c'])
})

test('custom resources of a group are gone before those of the group that they waited for', () => {
  expect(
    waves(
      [
        { label: 'Deployment/operator', group: 'operator' },
        { label: 'Database/cluster', group: 'cluster', after: ['operator'] },
        { label: 'Database/pool', group: 'pools', after: ['cluster'] },
      ],
      {
        ops: {
          'Deployment/operator': 'delete',
          'Database/cluster': 'delete',
          'Database/pool': 'delete',
        },
      },
    ),
  ).toEqual([
    'Database/pool, then gone Database/pool',
    'Database/cluster, then gone Database/cluster',
    'Deployment/operator',
  ])
})

test('stages go in reverse too', () => {
  expect(
    waves(
      [
        { label: 'Deployment/app', group: 'app', after: ['database'] },
        { label: 'StatefulSet/db', group: 'database' },
      ],
      { ops: { 'Deployment/app': 'delete', 'StatefulSet/db': 'delete' } },
    ),
  ).toEqual(['Deployment/app', 'StatefulSet/db'])
})

test('the annotation that no API server accepts is taken off', () => {
  expect(withoutSequence(object({ label: 'Pod/a', group: 'g', after: ['h'] })).metadata).toEqual({
    name: 'a',
    annotations: { 'helm.sh/resource-group': 'g' },
  })
})
