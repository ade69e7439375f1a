import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type OutdatedItem,
  outdatedDependencies,
  outdatedReleases,
} from '../../../src/actions/outdated.ts'
import type { Chart } from '../../../src/chart/chart.ts'
import { addRepository } from '../../../src/actions/repositories.ts'
import Install from '../../../src/commands/install.ts'
import Outdated from '../../../src/commands/outdated.ts'
import Uninstall from '../../../src/commands/uninstall.ts'
import { chartOf, chartYaml, writeChart } from '../../support/chart-builder.ts'
import { archiveOf, failureOf, offer, siteAt, type TestSite } from '../../support/chart-site.ts'
import { fakeRegistry, type FakeRegistry } from '../../support/fake-registry.ts'
import { startRepository, type FakeRepository } from '../../support/fake-repository.ts'
import { runCli, type CommandClass } from '../../support/run-cli.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

let corp: FakeRepository
let other: FakeRepository
let registry: FakeRegistry
let folder: string
let site: TestSite
const archive = archiveOf('web')

/** Offers versions of charts, each written `NAME VERSION`. */
function offerAll(server: FakeRepository, charts: readonly string[]): void {
  const offers = charts.map((chart) => {
    const [name = '', version = ''] = chart.split(' ')
    return { name, version, archive }
  })
  offer(server, offers)
}

beforeEach(async () => {
  corp = await startRepository()
  other = await startRepository('127.0.0.2')
  registry = await fakeRegistry()
  registry.content.set('/v2/charts/cache/tags/list', {
    body: Buffer.from('{"name":"charts/cache","tags":["1.0.0","1.4.0","2.1.0","3.0.0-rc.1","x"]}'),
  })
  folder = temporaryFolder()
  site = { ...siteAt(folder), registry: { plainHttp: true } }
  offerAll(corp, ['web 1.0.0', 'web 1.2.0', 'web 2.0.0-rc.1', 'db 5.0.0', 'db 5.1.0'])
  offerAll(other, ['web 1.9.0', 'db 5.0.0', 'db 7.0.0'])
  for (const [name, { url }] of Object.entries({ corp, other })) {
    const request = { repository: { name, url }, force: false, allowDeprecated: false }
    await addRepository(request, site)
  }
})
afterEach(() => Promise.all([corp.close(), other.close(), registry.close()]))

/** A chart that depends on others, with versions of them in charts/. */
function parentOf(
  dependencies: readonly { name: string; version: string; repository: string }[],
  present: Record<string, string>,
) {
  const files = Object.entries(present).map(([name, version]) => [
    `charts/${name}/Chart.yaml`,
    `apiVersion: v2\nname: ${name}\nversion: ${version}\n`,
  ])
  const declared = `dependencies: ${JSON.stringify(dependencies)}\n`
  return chartOf({ 'Chart.yaml': chartYaml('parent', declared), ...Object.fromEntries(files) })
}

test('dependencies that have newer versions are listed, whatever they come from', async () => {
  writeChart(join(folder, 'lib'), {
    'Chart.yaml': 'apiVersion: v2\nname: lib\nversion: 0.3.0\n',
  })
  const oci = `oci://${registry.host}/charts`
  const chart = parentOf(
    [
      { name: 'web', version: '~1.0', repository: '@corp' },
      { name: 'db', version: '>=5', repository: `${corp.url}/` },
      { name: 'cache', version: '^1', repository: oci },
      { name: 'lib', version: '*', repository: 'file://../lib' },
      { name: 'own', version: '1.0.0', repository: '' },
    ],
    { web: '1.0.0', db: '5.0.0', cache: '1.0.0', lib: '0.2.0', own: '1.0.0' },
  )

  expect(await listed(chart, join(folder, 'lib'))).toEqual([
    { name: 'web', current: '1.0.0', wanted: '1.0.0', latest: '1.2.0', source: '@corp' },
    { name: 'db', current: '5.0.0', wanted: '5.1.0', latest: '5.1.0', source: `${corp.url}/` },
    { name: 'cache', current: '1.0.0', wanted: '1.4.0', latest: '2.1.0', source: oci },
    { name: 'lib', current: '0.2.0', wanted: '0.3.0', latest: '0.3.0', source: 'file://../lib' },
  ])
  // Once when it was added, and once for both dependencies.
  expect(corp.count('/index.yaml')).toBe(2)
})

test('a folder that somebody else packed from is passed over', async () => {
  const chart = parentOf([{ name: 'lib', version: '*', repository: 'file://../lib' }], {})
  expect(await listed(chart, '-')).toEqual([])
})

test('a dependency that its source does not have is named, and the others are listed', async () => {
  const chart = parentOf(
    [
      { name: 'gone', version: '1', repository: '@corp' },
      { name: 'web', version: '~1.0', repository: '@corp' },
      { name: 'db', version: '1', repository: '@nobody' },
    ],
    { web: '1.0.0' },
  )
  const { items, failures } = await outdatedDependencies({ chart, path: '-' }, site)
  expect(items.map(({ name }) => name)).toEqual(['web'])
  expect(failures.map(({ code, message }) => `${code} ${message}`)).toEqual([
    'CHART_NOT_FOUND chart "gone" not found in @corp',
    expect.stringContaining('REPOSITORY_UNKNOWN '),
  ])
})

/** What is listed where nothing fails. */
async function listed(chart: Chart, path: string): Promise<OutdatedItem[]> {
  const { items, failures } = await outdatedDependencies({ chart, path }, site)
  expect(failures).toEqual([])
  return items
}

/** Newer versions of releases, a line each. */
async function newer(
  releases: readonly [name: string, chart: string, version: string][],
  options: { from?: string[]; devel?: boolean } = {},
): Promise<string[]> {
  const { from = [], devel = false } = options
  const items = await outdatedReleases(
    {
      releases: releases.map(([name, chart, version]) => ({
        name,
        namespace: 'shop',
        chart: { metadata: { apiVersion: 'v2', name: chart, version } },
      })),
      from,
      devel,
    },
    site,
  )
  return items.map(
    ({ release, chart, current, latest, source }) =>
      `${release}: ${chart} ${current} → ${latest} in ${source}`,
  )
}

test('a release is compared with the repositories that have its version', async () => {
  // The other repository has no web 1.0.0: its web is another chart, or was never ours.
  expect(await newer([['front', 'web', '1.0.0']])).toEqual(['front: web 1.0.0 → 1.2.0 in corp'])
  // Both have db 5.0.0.
  expect(await newer([['data', 'db', '5.0.0']])).toEqual([
    'data: db 5.0.0 → 5.1.0 in corp',
    'data: db 5.0.0 → 7.0.0 in other',
  ])
  // Nobody has web 0.5.0 any more.
  expect(await newer([['old', 'web', '0.5.0']])).toEqual([
    'old: web 0.5.0 → 1.2.0 in corp',
    'old: web 0.5.0 → 1.9.0 in other',
  ])
  expect(await newer([['new', 'web', '1.9.0']])).toEqual([])
})

test('a registry is looked into when it is named, and pre-releases count when they are wanted', async () => {
  const from = [`oci://${registry.host}/charts/`]
  const source = `oci://${registry.host}/charts`
  expect(await newer([['c', 'cache', '1.0.0']], { from })).toEqual([
    `c: cache 1.0.0 → 2.1.0 in ${source}`,
  ])
  expect(await newer([['c', 'cache', '2.1.0']], { from, devel: true })).toEqual([
    `c: cache 2.1.0 → 3.0.0-rc.1 in ${source}`,
  ])
  expect(await newer([['w', 'web', '1.0.0']], { from: ['other', other.url] })).toEqual([
    `w: web 1.0.0 → 1.9.0 in ${other.url}`,
    'w: web 1.0.0 → 1.9.0 in other',
  ])
  expect(await failureOf(newer([['w', 'web', '1.0.0']], { from: ['corpp'] }))).toBe(
    'REPOSITORY_UNKNOWN repo corpp not found',
  )
})

test('a source that fails and a chart that nobody has are told of, and hide nothing', async () => {
  await corp.close()
  expect(
    await newer([
      ['data', 'db', '5.0.0'],
      ['front', 'web', '1.0.0'],
      ['mine', 'unknown', '1.0.0'],
    ]),
  ).toEqual(['data: db 5.0.0 → 7.0.0 in other', 'front: web 1.0.0 → 1.9.0 in other'])
  expect(site.notices).toEqual([
    expect.stringMatching(/^warning: corp cannot be asked: looks like "http.* cannot be reached/),
    'notice: nobody who was asked has the chart "unknown" of release "shop/mine"; name its source with --from',
  ])
})

test('without a network the indexes that were fetched earlier do', async () => {
  const requests = corp.seen.length
  site = { ...siteAt(folder, { isOffline: true }), registry: {} }
  expect(await newer([['front', 'web', '1.0.0']])).toEqual(['front: web 1.0.0 → 1.2.0 in corp'])
  expect(await newer([['c', 'cache', '1.0.0']], { from: ['oci://x.example/charts'] })).toEqual([])
  expect(site.notices[0]).toContain('oci://x.example/charts cannot be asked')
  expect(corp.seen.length).toBe(requests)
})

test('the command lists releases of a namespace, of all, or one by its name', async () => {
  const env = { KUBECTL_PKG_CONFIG_HOME: join(folder, 'config') }
  const target = ['--target', `dir:${join(folder, 'target')}`]
  const run = async (command: CommandClass, ...argv: string[]) => {
    const all = [...argv, ...target]
    const { code, stdout, stderr } = await runCli(command, all, { env, cwd: folder })
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) })
    return stdout.toString()
  }
  const sources = ['web', 'db'].map((name) => {
    const version = name === 'db' ? '5.0.0' : '1.0.0'
    const text = `apiVersion: v2\nname: ${name}\nversion: ${version}\n`
    return writeChart(join(folder, `source-${name}`), { 'Chart.yaml': text })
  })
  await run(Install, 'front', sources[0] ?? '')
  await run(Install, 'data', sources[1] ?? '', '-n', 'shop')
  await run(Install, 'gone', sources[1] ?? '')
  await run(Uninstall, 'gone', '--keep-history')

  expect(await run(Outdated, '--releases')).toMatchInlineSnapshot(`
    "RELEASE	NAMESPACE	CHART	CURRENT	LATEST	SOURCE
    front  	default  	web  	1.0.0  	1.2.0 	corp  
    "
  `)
  expect(JSON.parse(await run(Outdated, 'front', '-o', 'json'))).toEqual([
    {
      release: 'front',
      namespace: 'default',
      chart: 'web',
      current: '1.0.0',
      latest: '1.2.0',
      source: 'corp',
    },
  ])
  const all = JSON.parse(await run(Outdated, '-A', '--from', 'corp', '-o', 'json')) as unknown
  expect(all).toMatchObject([{ release: 'data', namespace: 'shop' }, { release: 'front' }])
})

test('of two aliases of one chart each is compared with its own version', async () => {
  const declared = [
    { name: 'web', version: '1.0.0', repository: '@corp', alias: 'old' },
    { name: 'web', version: '1.2.0', repository: '@corp', alias: 'new' },
  ]
  const lock = declared.map(({ name, version }) => ({ name, version, repository: corp.url }))
  const chart = chartOf({
    'Chart.yaml': chartYaml('parent', `dependencies: ${JSON.stringify(declared)}\n`),
    'Chart.lock': JSON.stringify({
      dependencies: lock,
      digest: 'x',
      generated: '2026-01-02T03:04:05Z',
    }),
  })
  expect(await listed(chart, 'x.tgz')).toEqual([
    { name: 'web', current: '1.0.0', wanted: '1.0.0', latest: '1.2.0', source: '@corp' },
  ])
})

test.each([
  {
    dependency: { name: 'web', version: '^1', repository: 'corp' },
    want: `REPOSITORY_UNKNOWN no repository definition for corp. Please add them via 'helm repo add'`,
  },
  {
    dependency: { name: 'web', version: 'x y', repository: '@corp' },
    want: 'VERSION_NOT_FOUND dependency "web" has an invalid version/constraint format: improper constraint: x y',
  },
])('$dependency cannot be compared', async ({ dependency, want }) => {
  const chart = parentOf([dependency], {})
  const { failures } = await outdatedDependencies({ chart, path: 'x.tgz' }, site)
  expect(failures.map(({ code, message }) => `${code} ${message}`)).toEqual([want])
})
