import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import Push from '../../src/commands/push.ts'
import SearchOci from '../../src/commands/search/oci.ts'
import { packageChart } from '../../src/chart/package-chart.ts'
import { savePackage } from '../../src/chart/save-package.ts'
import { listRepositories } from '../../src/registry/oci-catalog.ts'
import { digestOf } from '../../src/registry/oci-reference.ts'
import { chartOf, chartYaml } from '../support/chart-builder.ts'
import { fakeRegistry, type Reply } from '../support/fake-registry.ts'
import { runHelm } from '../support/oracle.ts'
import { startRegistry, type RealRegistry } from '../support/real-registry.ts'
import { runCli } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/* What a real registry holds is found: charts that either program pushed, and nothing else. */

let registry: RealRegistry
let folder: string

beforeAll(async () => {
  registry = await startRegistry()
  folder = temporaryFolder()
  for (const version of ['1.0.0', '1.1.0', '1.1.1+build.2', '2.0.0-rc.1']) {
    const argv = [pack('web', version), place('charts'), '--plain-http']
    expect((await runCli(Push, argv)).code).toBe(0)
  }
  const { code } = runHelm(['push', pack('db', '3.0.0'), place('charts/more'), '--plain-http'])
  expect(code).toBe(0)
  await pushImage('charts/image', '1.0.0')
})
afterAll(() => registry.stop())

const place = (path = '') => `oci://${registry.host}${path === '' ? '' : `/${path}`}`

function pack(name: string, version: string): string {
  const more = `appVersion: "9"\ndescription: Keeps what ${name} needs\nkeywords: [all${name}]\n`
  const chart = chartOf({ 'Chart.yaml': chartYaml(name, more) })
  return savePackage(packageChart(chart, { version }), join(folder, 'archives'))
}

/** An image of no layers, which is what registries mostly hold. */
async function pushImage(repository: string, tag: string): Promise<void> {
  const url = `http://${registry.host}/v2/${repository}`
  const config = Buffer.from('{"os":"linux"}')
  const digest = digestOf(config)
  const upload = await fetch(`${url}/blobs/uploads/`, { method: 'POST' })
  const target = `${upload.headers.get('location')}&digest=${digest}`
  expect((await fetch(target, { method: 'PUT', body: config })).status).toBe(201)
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const body = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest,
      size: config.length,
    },
    layers: [],
  })
  const headers = { 'Content-Type': mediaType }
  const put = await fetch(`${url}/manifests/${tag}`, { method: 'PUT', body, headers })
  expect(put.status).toBe(201)
}

async function search(...words: string[]) {
  const { code, stdout, stderr } = await runCli(SearchOci, [...words, '-o', 'json', '--plain-http'])
  if (code !== 0) return `${code} ${stderr}`
  const found = JSON.parse(stdout.toString()) as { name: string; version: string }[]
  return found.map(({ name, version }) => `${name.replace(`${place()}/`, '')} ${version}`)
}

test.each([
  { words: [], want: ['charts/more/db 3.0.0', 'charts/web 1.1.1+build.2'] },
  { words: ['--devel'], want: ['charts/more/db 3.0.0', 'charts/web 2.0.0-rc.1'] },
  { words: ['web'], want: ['charts/web 1.1.1+build.2'] },
  { words: ['what db'], want: ['charts/more/db 3.0.0'] },
  { words: ['ALLWEB'], want: ['charts/web 1.1.1+build.2'] },
  { words: ['-r', '^charts/w'], want: ['charts/web 1.1.1+build.2'] },
  { words: ['nothing'], want: [] },
  {
    words: ['-l', 'web'],
    want: ['charts/web 1.1.1+build.2', 'charts/web 1.1.0', 'charts/web 1.0.0'],
  },
  { words: ['--version', '<1.1'], want: ['charts/web 1.0.0'] },
])('search oci HOST $words', async ({ words, want }) => {
  expect(await search(place(), ...words)).toEqual(want)
})

test.each([
  { path: 'charts/more', want: ['charts/more/db 3.0.0'] },
  { path: 'charts/more/', want: ['charts/more/db 3.0.0'] },
  { path: 'charts/web', want: ['charts/web 1.1.1+build.2'] },
  { path: 'charts/we', want: [] },
])('search oci below $path', async ({ path, want }) => {
  expect(await search(place(path))).toEqual(want)
})

test('what a chart says of itself is shown as a table', async () => {
  const { stdout } = await runCli(SearchOci, [place('charts/web'), '--plain-http'])
  const [, row] = stdout.toString().split('\n')
  expect(row?.trim().split(/\s*\t/)).toEqual([
    place('charts/web'),
    '1.1.1+build.2',
    '9',
    'Keeps what web needs',
  ])
})

test('a catalog comes page by page', async () => {
  const options = { plainHttp: true, pageSize: 1 }
  const all = await listRepositories({ registry: registry.host, path: '' }, options)
  expect(all).toEqual(['charts/image', 'charts/more/db', 'charts/web'])
})

test('nothing found is an error when that is asked for', async () => {
  expect(await search(place(), 'nothing', '--fail-on-no-result')).toContain('no results found')
})

interface Case {
  what: string
  reply: Reply
  want: string
}

test.each<Case>([
  { what: 'has no list', reply: { status: 404 }, want: 'does not list what it has' },
  { what: 'gives none', reply: { status: 405 }, want: 'does not list what it has' },
  { what: 'lets nobody see it', reply: { status: 403 }, want: 'forbids it' },
  {
    what: 'says what is no list',
    reply: { body: '{"repositories":[1]}' },
    want: 'its list of repositories is none',
  },
])('a registry that $what is named', async ({ reply, want }) => {
  const server = await fakeRegistry(({ path }) =>
    path.startsWith('/v2/_catalog') ? reply : undefined,
  )
  expect(await search(`oci://${server.host}`)).toContain(want)
  await server.close()
})

test('what a registry lists and no longer has hides nothing, nor does what is closed', async () => {
  const server = await fakeRegistry(({ path }) => {
    if (path.startsWith('/v2/_catalog')) return { body: '{"repositories":["closed","gone"]}' }
    return path.includes('closed') ? { status: 403 } : undefined
  })
  const { code, stdout, stderr } = await runCli(SearchOci, [`oci://${server.host}`, '--plain-http'])
  expect([code, stdout.toString()]).toEqual([0, 'No results found\n'])
  expect(stderr).toContain('warning: gone is left out')
  expect(stderr).toContain('warning: closed is left out')
  await server.close()
})

test('a token for the list is asked for as such', async () => {
  const server = await fakeRegistry(({ path, headers, authorization }) => {
    if (path.startsWith('/token')) return { body: '{"token":"t"}' }
    if (!path.startsWith('/v2/_catalog')) return undefined
    if (authorization === 'Bearer t') return { body: '{"repositories":null}' }
    const challenge = `Bearer realm="http://${headers.host}/token",service="x"`
    return { status: 401, headers: { 'www-authenticate': challenge } }
  })
  expect(await search(`oci://${server.host}`)).toEqual([])
  expect(server.seen.map(({ path }) => path)).toContain(
    '/token?service=x&scope=registry%3Acatalog%3A*',
  )
  await server.close()
})

test('one token serves for all that is asked of a repository', async () => {
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: {
      mediaType: 'application/vnd.cncf.helm.config.v1+json',
      digest: digestOf(Buffer.from('{"name":"a"}')),
      size: 12,
    },
    layers: [],
  })
  const answers: [string, string][] = [
    ['/v2/_catalog', '{"repositories":["a","b"]}'],
    ['/tags/list', '{"name":"a","tags":["1.0.0"]}'],
    ['/manifests/', manifest],
    ['/blobs/', '{"name":"a"}'],
  ]
  const server = await fakeRegistry(({ path, headers, authorization }) => {
    const { searchParams, pathname } = new URL(path, 'http://x')
    if (pathname === '/token') return { body: JSON.stringify({ token: searchParams.get('scope') }) }
    const scope = pathname === '/v2/_catalog' ? 'registry:catalog:*' : `repository:${path[4]}:pull`
    if (authorization !== `Bearer ${scope}`) {
      const challenge = `Bearer realm="http://${headers.host}/token",service="x"`
      return { status: 401, headers: { 'www-authenticate': challenge } }
    }
    const [, body = ''] = answers.find(([part]) => path.includes(part)) ?? []
    return { body }
  })
  const found = await search(`oci://${server.host}`)
  expect(found).toEqual([`oci://${server.host}/a 1.0.0`, `oci://${server.host}/b 1.0.0`])
  expect(server.seen.filter(({ path }) => path.startsWith('/token'))).toHaveLength(3)
  await server.close()
})

test.each(['https://example.com', 'oci://', 'oci://a b', 'oci://host/UPPER', 'repo'])(
  '%s is no registry',
  async (text) => {
    expect(await search(text)).toContain(`${text}\\" is no registry`)
  },
)
