import { afterEach, beforeEach, expect, test } from 'vitest'
import { diffChart, diffLive, diffRevisions } from '../../../src/actions/diff.ts'
import { getValues, list, metadataOf, status } from '../../../src/actions/inspect.ts'
import { install } from '../../../src/actions/install.ts'
import { rollback } from '../../../src/actions/rollback.ts'
import { uninstall } from '../../../src/actions/uninstall.ts'
import { upgrade } from '../../../src/actions/upgrade.ts'
import type { GoMap, Value } from '../../../src/golang/value.ts'
import type { Hook } from '../../../src/manifest/manifest.ts'
import {
  configMap,
  configMapChart,
  connectTo,
  lineOf,
  temporaryFolder,
  treeOf,
} from '../../support/target.ts'

const release = { name: 'web', namespace: 'apps' }
const chart = './web'
const hook: Hook = {
  name: 'h',
  kind: 'ConfigMap',
  path: 'web/templates/h.yaml',
  manifest: configMap('h', '1'),
  events: ['pre-install'],
  weight: 0,
  deletePolicies: [],
  outputLogPolicies: [],
}
const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.x.io
spec: {group: x.io, scope: Cluster, names: {kind: Thing}}
`
const withCrd = {
  ...configMapChart({ a: '1' }),
  files: [{ name: 'crds/things.yaml', data: Buffer.from(crd) }],
}
const charts = {
  './web': configMapChart({ a: '1', b: '1' }),
  './web2': configMapChart({ a: '2', b: '2' }, '2.0.0'),
  './crd': withCrd,
  './library': {
    ...configMapChart({}),
    metadata: { name: 'lib', version: '1.0.0', apiVersion: 'v2', type: 'library' },
  },
}

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

function connect(options: object = {}) {
  return connectTo({ path: folder.path, charts, ...options })
}

function valuesOf(entries: Record<string, Value>): Map<string, Value> {
  return new Map(Object.entries(entries))
}

const values = valuesOf({})

function paths(): string[] {
  return treeOf(folder.path)
    .map(({ path }) => path)
    .filter((path) => !path.startsWith('.kubectl-pkg'))
}

// Wanted values follow `reuseValues` of Helm 4.1.4, for a first release with a=set and a
// second chart whose defaults are a=2 and b=2.
test.each([
  { reuse: 'default', passed: {}, config: { a: 'set' }, sees: { a: 'set', b: '2' } },
  { reuse: 'default', passed: { b: 'new' }, config: { b: 'new' }, sees: { a: '2', b: 'new' } },
  { reuse: 'reset', passed: {}, config: null, sees: { a: '2', b: '2' } },
  {
    reuse: 'reuse',
    passed: { b: 'new' },
    config: { a: 'set', b: 'new' },
    sees: { a: 'set', b: 'new' },
  },
  { reuse: 'reuse', passed: {}, config: { a: 'set' }, sees: { a: 'set', b: '1' } },
  { reuse: 'reset-then-reuse', passed: {}, config: { a: 'set' }, sees: { a: 'set', b: '2' } },
  { reuse: 'reset-then-reuse', passed: { a: null }, config: null, sees: { a: '2', b: '2' } },
] as const)('values $reuse with $passed', async ({ reuse, passed, config, sees }) => {
  await install(connect(), { release, chart, values: valuesOf({ a: 'set' }) })
  await upgrade(connect(), { release, chart: './web2', values: valuesOf(passed), reuse })

  const plain = (found: GoMap | null): object | null => found && Object.fromEntries(found)
  expect(plain(await getValues(connect(), release, {}))).toEqual(config)
  expect(plain(await getValues(connect(), release, { all: true }))).toEqual(sees)
})

test('a dry run of each verb writes nothing', async () => {
  const rehearsed = await install(connect(), { release, chart, values, dryRun: true })
  expect(lineOf(rehearsed.release)).toBe('web.v1 pending-install: Dry run complete')
  expect(treeOf(folder.path)).toEqual([])

  await install(connect(), { release, chart, values })
  const before = treeOf(folder.path)
  await upgrade(connect(), { release, chart: './web2', values, dryRun: true })
  await uninstall(connect(), { release, dryRun: true })
  await rollback(connect(), { release, revision: 1, dryRun: true })
  expect(treeOf(folder.path)).toEqual(before)
})

test('hooks are left out of the folder, unless they are asked for', async () => {
  await install(connect({ hooks: [hook] }), { release, chart, values })
  expect(paths()).toEqual(['apps/configmap-a.yaml', 'apps/configmap-b.yaml'])

  const request = { release, chart: './web2', values, withHooks: true }
  await upgrade(connect({ hooks: [hook] }), request)
  expect(paths()).toEqual([
    'apps/configmap-a.yaml',
    'apps/configmap-b.yaml',
    'apps/configmap-h.yaml',
  ])

  await uninstall(connect(), { release })
  expect(paths()).toEqual([])
})

test('CRDs and the namespace are made first, and stay when the release goes', async () => {
  await install(connect(), { release, chart: './crd', values, createNamespace: true })
  await uninstall(connect(), { release })
  expect(paths()).toEqual([
    '_cluster/customresourcedefinition.apiextensions.k8s.io-things.x.io.yaml',
    '_cluster/namespace-apps.yaml',
  ])
})

test('labels are kept, merged and taken away; the storage’s own are refused', async () => {
  const labels = { team: 'web', tier: 'a' }
  await install(connect(), { release, chart, values, labels })
  await upgrade(connect(), { release, chart, values, labels: { tier: 'null', x: 'y' } })
  expect((await status(connect(), release)).labels).toEqual({ team: 'web', x: 'y' })
  expect(
    (await list(connect(), { namespace: undefined, selector: 'team in (web, db),!tier' })).releases,
  ).toHaveLength(1)
  expect((await list(connect(), { namespace: undefined, selector: 'team!=web' })).releases).toEqual(
    [],
  )

  await expect(
    upgrade(connect(), { release, chart, values, labels: { owner: 'me' } }),
  ).rejects.toMatchObject({
    message:
      'UPGRADE FAILED: user supplied labels contains system reserved label name. System labels: [name owner status version createdAt modifiedAt]',
  })
})

test('history is bounded, the deployed revision always stays', async () => {
  await install(connect(), { release, chart, values })
  for (const a of ['2', '3', '4']) {
    await upgrade(connect(), { release, chart, values: valuesOf({ a }), historyMax: 2 })
  }
  const { releases } = await list(connect(), { namespace: 'apps', statuses: ['superseded'] })
  expect(releases).toMatchObject([{ name: 'web', revision: 3, status: 'superseded' }])
})

test.each([
  {
    run: () => upgrade(connect(), { release, chart, values }),
    message: 'UPGRADE FAILED: "web" has no deployed releases',
  },
  { run: () => rollback(connect(), { release }), message: 'release: not found' },
  {
    run: () => uninstall(connect(), { release }),
    message: 'uninstall: Release not loaded: web: release: not found',
  },
  { run: () => status(connect(), release), message: 'release: not found' },
  {
    run: () => install(connect(), { release, chart: './library', values }),
    message: 'INSTALLATION FAILED: library charts are not installable',
  },
  {
    run: () => install(connect(), { release: { name: 'Web', namespace: 'apps' }, chart, values }),
    message:
      'INSTALLATION FAILED: release name check failed: release name "Web": invalid release name, must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must not be longer than 53',
  },
])('$message', async ({ run, message }) => {
  await expect(run()).rejects.toMatchObject({ message })
  expect(treeOf(folder.path)).toEqual([])
})

test('a revision that is not there is refused; a missing release may be taken for uninstalled', async () => {
  await install(connect(), { release, chart, values })
  await expect(rollback(connect(), { release, revision: 7 })).rejects.toMatchObject({
    code: 'REVISION_NOT_FOUND',
    message: 'release has no 7 version',
  })
  await uninstall(connect(), { release })
  expect((await uninstall(connect(), { release, ignoreNotFound: true })).release).toBeUndefined()
})

test('an object of another release is refused before anything is written', async () => {
  await install(connect(), { release, chart, values })
  const before = treeOf(folder.path)
  const other = { name: 'shop', namespace: 'apps' }

  await expect(install(connect(), { release: other, chart, values })).rejects.toMatchObject({
    code: 'OBJECT_NOT_OWNED',
  })
  expect(treeOf(folder.path)).toEqual(before)

  await install(connect(), { release: other, chart, values, takeOwnership: true })
  expect(metadataOf(await status(connect(), other))).toMatchObject({
    name: 'shop',
    chart: 'web',
    version: '1.0.0',
  })
})

test('differences: between revisions, to a chart, to the folder', async () => {
  await install(connect(), { release, chart, values })
  await upgrade(connect(), { release, chart, values: valuesOf({ b: null, c: '3' }) })
  const short = (diffs: { op: string; name: string }[]) =>
    diffs.map(({ op, name }) => `${op} ${name}`)

  expect(short(await diffRevisions(connect(), release, { from: 0, to: 0 }))).toEqual([
    'remove b',
    'add c',
  ])
  expect(
    short(await diffChart(connect(), { release, chart: './web2', values: valuesOf({ x: '1' }) })),
  ).toEqual(['change a', 'add b', 'remove c', 'add x'])
  expect(await diffLive(connect(), release)).toEqual([])
  await connect().cluster.delete({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: 'apps',
    name: 'a',
  })
  expect(short(await diffLive(connect(), release))).toEqual(['remove a'])
})
