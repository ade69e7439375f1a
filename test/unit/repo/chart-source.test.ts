import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pull } from '../../../src/actions/fetch.ts'
import { loadChart } from '../../../src/actions/load-chart.ts'
import { addRepository } from '../../../src/actions/repositories.ts'
import { chartVersions } from '../../../src/actions/versions.ts'
import { sha256 } from '../../../src/base/digest.ts'
import { chartYaml } from '../../support/chart-builder.ts'
import { archiveOf, failureOf, offer, siteAt, type TestSite } from '../../support/chart-site.ts'
import { fakeRegistry, storeChart } from '../../support/fake-registry.ts'
import { startRepository, type FakeRepository } from '../../support/fake-repository.ts'
import { targz } from '../../support/targz.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

let server: FakeRepository
let folder: string
let site: TestSite
const web1 = archiveOf('web')
const web2 = archiveOf('web', 'description: two\n')

beforeEach(async () => {
  server = await startRepository()
  folder = temporaryFolder()
  site = siteAt(folder)
  offer(server, [
    { name: 'web', archive: web1 },
    { name: 'web', version: '1.2.0', archive: web2 },
    { name: 'web', version: '2.0.0-rc.1', archive: web1 },
  ])
  const repository = { name: 'corp', url: server.url }
  await addRepository({ repository, force: false, allowDeprecated: false }, site)
})
afterEach(() => server.close())

/** Loads by a reference; gives where the chart came from. */
async function load(reference: string, options: Parameters<typeof loadChart>[2] = {}) {
  const chart = await loadChart(reference, () => Buffer.alloc(0), {
    openSite: () => Promise.resolve(site),
    ...options,
  })
  return chart.origin.replace(server.url, '')
}

test.each([
  { reference: 'corp/web', query: {}, want: '/web-1.2.0.tgz' },
  { reference: 'corp/web', query: { version: '1.0.0' }, want: '/web-1.0.0.tgz' },
  { reference: 'corp/web', query: { version: '~1.0' }, want: '/web-1.0.0.tgz' },
  { reference: 'corp/web', query: { version: '>=1 <1.2 || ^3' }, want: '/web-1.0.0.tgz' },
  { reference: 'corp/web', query: { devel: true }, want: '/web-2.0.0-rc.1.tgz' },
  { reference: 'corp/web', query: { version: '2.0.0-rc.1' }, want: '/web-2.0.0-rc.1.tgz' },
  { reference: ' corp/web ', query: {}, want: '/web-1.2.0.tgz' },
])('$reference $query is $want', async ({ reference, query, want }) => {
  expect(await load(reference, { query })).toBe(want)
})

test('an address is fetched as it stands', async () => {
  expect(await load(`${server.url}/web-1.0.0.tgz`)).toBe('/web-1.0.0.tgz')
})

test('a chart of a repository that is named by its address', async () => {
  expect(await load('web', { repo: `${server.url}/`, query: { version: '1.x' } })).toBe(
    '/web-1.2.0.tgz',
  )
})

test('an add-on is part of the program', async () => {
  expect(await load('addons/ingress')).toBe('addons/ingress')
  expect(server.count('/index.yaml')).toBe(1)
})

test('what is there as a folder wins over a repository', async () => {
  const repository = { name: 'charts', url: server.url }
  await addRepository({ repository, force: false, allowDeprecated: false }, site)
  expect(await load('charts/ingress')).toBe('charts/ingress')
})

test.each([
  { reference: 'crop/web', want: 'REPOSITORY_UNKNOWN repo crop not found' },
  { reference: './nothing', want: 'CHART_NOT_FOUND path "./nothing" not found' },
  { reference: 'nothing', want: 'CHART_NOT_FOUND path "nothing" not found' },
  { reference: 'http://', want: 'URL_REFUSED "http://" is no URL' },
  { reference: 'ftp://example.com/web.tgz', want: 'URL_REFUSED "ftp:" URLs are not fetched' },
  {
    reference: 'corp/nothing',
    want: `CHART_NOT_FOUND chart "nothing" matching  not found in corp index. (try 'helm repo update'): no chart name found`,
  },
  {
    reference: 'corp/web',
    query: { version: '^7' },
    want: `VERSION_NOT_FOUND chart "web" matching ^7 not found in corp index. (try 'helm repo update'): no chart version found for web-^7`,
  },
  {
    reference: 'corp/web',
    query: { version: 'a b' },
    want: 'VERSION_NOT_FOUND improper constraint: a b',
  },
  {
    reference: 'addons/ingres',
    want: 'CHART_NOT_FOUND chart "ingres" not found in the addons repository',
  },
])('$reference $query fails', async ({ reference, query = {}, want }) => {
  expect(await failureOf(load(reference, { query }))).toBe(want)
})

test.each([
  {
    reference: 'wbe',
    repo: 'corp',
    hint: 'Did you mean "corp/web"? Run "kubectl pkg repo update corp", then "kubectl pkg search repo corp/".',
  },
  {
    reference: 'wbe',
    repo: 'URL',
    hint: expect.stringMatching(/^Did you mean "web"\? /) as string,
  },
])('a misspelt chart of $repo is proposed', async ({ reference, repo, hint }) => {
  const run = repo === 'URL' ? load(reference, { repo: server.url }) : load(`${repo}/${reference}`)
  await expect(run).rejects.toMatchObject({ code: 'CHART_NOT_FOUND', hint })
})

test('an archive is fetched once and then taken from the cache', async () => {
  await load('corp/web')
  await load('corp/web')
  expect(server.count('/web-1.2.0.tgz')).toBe(1)
  expect(
    await load('corp/web', { openSite: async () => siteAt(folder, { isOffline: true }) }),
  ).toBe('/web-1.2.0.tgz')
})

test('without a network, what was never fetched is named', async () => {
  const openSite = async () => siteAt(folder, { isOffline: true })
  expect(await failureOf(load('corp/web', { openSite }))).toBe(
    `OFFLINE ${server.url}/web-1.2.0.tgz is not in the cache`,
  )
})

test.each([
  { what: 'in upper case', digest: sha256(web1).toUpperCase() },
  { what: 'with its algorithm', digest: `sha256:${sha256(web1)}` },
])('a digest $what is taken', async ({ digest }) => {
  offer(server, [{ name: 'web', archive: web1, digest }])
  expect(await load('web', { repo: server.url })).toBe('/web-1.0.0.tgz')
})

test.each([
  {
    what: 'another',
    digest: sha256(web2),
    want: /^DIGEST_MISMATCH expected sha256:\w+, got sha256:\w+ from /,
  },
  {
    what: 'md5',
    digest: 'md5:d41d8cd98f00b204e9800998ecf8427e',
    want: /^DIGEST_MISMATCH unsupported digest/,
  },
  {
    what: 'sha512',
    digest: `sha512:${'0'.repeat(128)}`,
    want: /^DIGEST_MISMATCH unsupported digest/,
  },
  { what: 'odd', digest: 'zz', want: /^DIGEST_MISMATCH unsupported digest/ },
])('a digest that is $what is refused, and nothing is kept', async ({ digest, want }) => {
  offer(server, [{ name: 'web', archive: web1, digest }])
  expect(await failureOf(load('web', { repo: server.url }))).toMatch(want)
  expect(() => readdirSync(join(folder, 'cache', 'charts'))).toThrow('ENOENT')
})

test('a chart without a digest is taken with a notice, or refused when asked', async () => {
  offer(server, [{ name: 'web', archive: web1, digest: '' }])
  await load('web', { repo: server.url })
  expect(site.notices).toEqual([
    'notice: the repository gives no digest for chart "web" 1.0.0; its bytes were not checked',
  ])
  const openSite = async () => siteAt(folder, { requiresDigest: true })
  expect(await failureOf(load('web', { repo: server.url, openSite }))).toBe(
    'DIGEST_MISMATCH the repository gives no digest for chart "web" 1.0.0',
  )
})

test('a damaged archive of the cache is fetched again', async () => {
  await load('corp/web')
  const digest = sha256(web2)
  writeFileSync(join(folder, 'cache', 'charts', 'sha256', digest), 'damage')
  expect(await load('corp/web')).toBe('/web-1.2.0.tgz')
  expect(site.notices.join()).toContain('was damaged and is fetched again')
})

test('a cache that cannot be used stops nothing', async () => {
  mkdirSync(join(folder, 'cache'), { recursive: true })
  writeFileSync(join(folder, 'cache', 'charts'), 'a file')
  expect(await load('corp/web')).toBe('/web-1.2.0.tgz')
  expect(site.notices.join()).toContain('is not used: it is no folder')
})

test('addresses of an index with .. stay in the repository', async () => {
  server.files.set('/sub/index.yaml', '')
  offer(server, [{ name: 'web', archive: web1, url: '../../../web-1.0.0.tgz' }])
  expect(await load('web', { repo: server.url })).toBe('/web-1.0.0.tgz')
})

test.each(['file:///etc/passwd', 'ftp://127.0.0.1/x.tgz', 'data:,x', 'http://'])(
  'an index that names %s is refused',
  async (url) => {
    offer(server, [{ name: 'web', archive: web1, url }])
    expect(await failureOf(load('web', { repo: server.url }))).toMatch(/^URL_REFUSED/)
  },
)

test('pull keeps the archive byte for byte, or unpacks it', async () => {
  const query = { version: '1.0.0' }
  const destination = join(folder, 'out')
  const request = { reference: 'corp/web', query, destination }
  const { path } = await pull({ ...request, untar: undefined }, site)
  expect(readFileSync(path)).toEqual(web1)
  const { path: unpacked } = await pull({ ...request, untar: 'sub' }, site)
  expect(unpacked).toBe(join(destination, 'sub', 'web'))
  expect(readFileSync(join(unpacked, 'Chart.yaml'), 'utf8')).toBe(chartYaml())
  expect(await failureOf(pull({ ...request, untar: 'sub' }, site))).toBe(
    `FILE_UNWRITABLE failed to untar: a file or directory with the name ${unpacked} already exists`,
  )
  expect(readdirSync(join(destination, 'sub'))).toEqual(['web'])
})

test('a chart of another apiVersion can be looked at and unpacked, but not rendered', async () => {
  const data = 'apiVersion: v3\nname: web\nversion: 1.0.0\n'
  server.files.set('/web-3.tgz', targz([{ name: 'web/Chart.yaml', data }]))
  const reference = `${server.url}/web-3.tgz`
  expect(await load(reference, { anyApiVersion: true })).toBe('/web-3.tgz')
  const request = { reference, query: {}, destination: join(folder, 'out'), untar: '.' }
  const { path } = await pull(request, site)
  expect(readFileSync(join(path, 'Chart.yaml'), 'utf8')).toBe(data)
  expect(await failureOf(load(reference))).toBe('CHART_INVALID invalid chart apiVersion')
})

test('a page in the place of an archive is not kept', async () => {
  server.files.set('/web-3.0.0.tgz', '<html>Please log in</html>')
  const request = { reference: `${server.url}/web-3.0.0.tgz`, query: {}, untar: undefined }
  const destination = join(folder, 'out')
  expect(await failureOf(pull({ ...request, destination }, site))).toBe(
    `CHART_INVALID file '${server.url}/web-3.0.0.tgz' does not appear to be a gzipped archive; got 'text/html; charset=utf-8'`,
  )
  expect(existsSync(destination)).toBe(false)
})

test('versions of a chart, whatever it is fetched from', async () => {
  const versions = async (request: Parameters<typeof chartVersions>[0]) =>
    (await chartVersions(request, site)).map(({ version }) => version)
  expect(await versions({ reference: 'corp/web' })).toEqual(['1.2.0', '1.0.0'])
  expect(await versions({ reference: 'web', repo: server.url, devel: true })).toEqual([
    '2.0.0-rc.1',
    '1.2.0',
    '1.0.0',
  ])
  expect(await versions({ reference: 'addons/ingress' })).toHaveLength(1)
})

/** Message and hint of what a run fails with. */
async function adviceOf(run: Promise<unknown>): Promise<{ message: string; hint: string }> {
  const error: unknown = await run.then(
    () => new Error('no failure'),
    (reason: unknown) => reason,
  )
  const { message, hint = '' } = error as Error & { hint?: string }
  return { message, hint }
}

test.each([
  { url: 'http://[::1/web.tgz?sig=canary', why: '"http://[::1/web.tgz" is no URL' },
  { url: 'file:///etc/web.tgz', why: '"file:" URLs are not fetched' },
  { url: 'data:application/gzip;base64,AAAA', why: '"data:" URLs are not fetched' },
])('the address $url of an index is refused, also when the cache has its bytes', async (row) => {
  await load('corp/web', { query: { version: '1.0.0' } })
  offer(server, [{ name: 'web', archive: web1, url: row.url }])
  expect(await adviceOf(load('web', { repo: server.url }))).toEqual({
    message: `chart "web" 1.0.0 cannot be fetched: ${row.why}`,
    hint: 'Ask whoever keeps the repository to correct its index.yaml.',
  })
})

test.each([
  { version: '1.3.0', listed: 'v1.3.0', notices: ['v1.3.0'] },
  { version: 'v1.3.0', listed: '1.3.0+build.5', notices: ['1.3.0+build.5'] },
  { version: '1.3.0', listed: '1.3.0', notices: [] },
  { version: '^1.3', listed: '1.3.0', notices: [] },
])('asked for $version, $listed is taken and that is told', async (row) => {
  const { version, listed, notices } = row
  offer(server, [{ name: 'web', version: listed, archive: web1 }])
  await load('web', { repo: server.url, query: { version } })
  expect(site.notices).toEqual(
    notices.map((taken) => `notice: there is no web ${version}; ${taken} is taken for it`),
  )
})

test.each([
  {
    reference: 'corp/nothing',
    hint: 'Run "kubectl pkg repo update corp", then "kubectl pkg search repo corp/".',
  },
  {
    reference: 'corp/web',
    query: { version: '^7' },
    hint: 'Run "kubectl pkg repo update corp", then "kubectl pkg versions corp/web".',
  },
  {
    reference: 'web',
    repo: 'oci://registry.example/charts/',
    hint: 'Name a chart of a registry by itself: oci://registry.example/charts/web.',
  },
  {
    reference: 'oci://registry.example/charts/web',
    repo: 'https://charts.example',
    hint: 'Leave --repo out: the reference says where the chart is.',
  },
])('$reference of $repo fails with advice', async ({ reference, hint, ...options }) => {
  expect((await adviceOf(load(reference, options))).hint).toBe(hint)
})

test.each([
  { name: '', url: 'https://charts.example', want: 'the name of the repository is empty' },
  { name: 'a/b', url: 'https://charts.example', want: `repository name (a/b) contains '/'` },
  { name: 'r', url: 'oci://registry.example/x', want: 'a registry is no repository' },
])('a repository "$name" at $url is not added', async ({ name, url, want }) => {
  const request = { repository: { name, url }, force: false, allowDeprecated: false }
  const { message, hint } = await adviceOf(addRepository(request, site))
  expect(message).toContain(want)
  expect(hint).toMatch(/CHART/)
})

test.each([
  { what: 'a tag', end: ':1.0.0', digestOf: 'archive' },
  { what: 'no tag', end: '', digestOf: 'archive' },
  { what: 'a tag, and the digest of the manifest', end: ':1.0.0', digestOf: 'manifest' },
] as const)('an index may list a chart of a registry, with $what', async ({ end, digestOf }) => {
  const registry = await fakeRegistry()
  const stored = storeChart(registry)
  storeChart(registry, (manifest) => ({ ...manifest, annotations: { a: 'newer' } }), {
    tag: '9.0.0',
  })
  const { archive } = stored
  const digest = sha256(stored[digestOf])
  const url = `oci://${registry.host}/charts/web${end}`
  offer(server, [{ name: 'web', archive, digest, url }])
  const there = { ...site, registry: { plainHttp: true } }
  const openSite = () => Promise.resolve(there)
  const options = { repo: server.url, query: { version: '1.0.0' }, openSite }
  expect(await load('web', options)).toContain(`${registry.host}/charts/web:1.0.0`)
  offer(server, [{ name: 'web', archive, digest: sha256(web1), url }])
  expect(await failureOf(load('web', options))).toMatch(/^DIGEST_MISMATCH/)
  await registry.close()
})

test('a chart of a registry without the provenance file that was asked for is told of', async () => {
  const registry = await fakeRegistry()
  storeChart(registry)
  const there = { ...site, registry: { plainHttp: true } }
  const request = {
    reference: `oci://${registry.host}/charts/web:1.0.0`,
    query: { provenance: 'may' as const },
    destination: join(folder, 'out'),
    untar: undefined,
  }
  await pull(request, there)
  expect(there.notices).toEqual([
    expect.stringMatching(/^WARNING: Verification not found for oci:\/\/.*: it was pushed without/),
  ])
  await registry.close()
})
