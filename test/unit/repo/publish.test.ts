import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { indexRepository, publish, type PublishRequest } from '../../../src/actions/publish.ts'
import { serveRepository } from '../../../src/actions/serve.ts'
import { addRepository } from '../../../src/actions/repositories.ts'
import { loadChart } from '../../../src/actions/load-chart.ts'
import { openFiles } from '../../../src/base/files.ts'
import { publishToFolder } from '../../../src/repo/publish-folder.ts'
import { publishItem } from '../../../src/repo/publish-item.ts'
import { readIndex } from '../../../src/index/read.ts'
import { chartYaml, writeChart } from '../../support/chart-builder.ts'
import { archiveOf, failureOf, offer, siteAt, type TestSite } from '../../support/chart-site.ts'
import { startRepository } from '../../support/fake-repository.ts'
import { runHelmClient } from '../../support/helm-client.ts'
import { targz } from '../../support/targz.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

let folder: string
let target: string
let site: TestSite
let closing: (() => Promise<void>)[] = []
beforeEach(() => {
  folder = temporaryFolder()
  target = join(folder, 'repository')
  site = siteAt(folder)
})
afterEach(async () => {
  await Promise.all(closing.map((close) => close()))
  closing = []
})

/** Writes an archive and gives its path. */
function archive(name: string, version = '1.0.0', more = ''): string {
  const path = join(folder, `${name}-${version}.tgz`)
  writeFileSync(path, archiveOf(name, more, {}, version))
  return path
}

function run(charts: readonly string[], more: Partial<PublishRequest> = {}) {
  return publish(
    {
      charts,
      target,
      baseUrl: '',
      overwrite: false,
      dryRun: false,
      access: {},
      now: () => new Date('2026-01-02T03:04:05Z'),
      ...more,
    },
    site,
  )
}

const outcomes = async (charts: readonly string[], more: Partial<PublishRequest> = {}) =>
  (await run(charts, more)).map(
    ({ name, version, outcome, location }) => `${name} ${version} ${outcome} ${location}`,
  )

/** Charts and versions that the index of the target names. */
function indexed(): string[] {
  const found: string[] = []
  readIndex(readFileSync(join(target, 'index.yaml')), () => ({
    add: (key, entries) =>
      void found.push(...entries.map(({ version, urls }) => `${key} ${version} ${urls.join()}`)),
  }))
  return found
}

async function serve(): Promise<string> {
  const served = await serveRepository({
    folder: target,
    host: '127.0.0.1',
    port: 0,
    now: () => new Date('2026-01-02T03:04:05Z'),
  })
  closing.push(() => served.close())
  return served.url
}

test('folders and archives become a static repository', async () => {
  const db = writeChart(join(folder, 'db'), { 'Chart.yaml': chartYaml('db') })
  expect(await outcomes([archive('web'), db])).toEqual([
    'web 1.0.0 published web-1.0.0.tgz',
    'db 1.0.0 published db-1.0.0.tgz',
  ])
  expect(await outcomes([archive('web', '1.10.0'), archive('web', '1.9.0')])).toHaveLength(2)
  expect(indexed()).toEqual([
    'db 1.0.0 db-1.0.0.tgz',
    'web 1.10.0 web-1.10.0.tgz',
    'web 1.9.0 web-1.9.0.tgz',
    'web 1.0.0 web-1.0.0.tgz',
  ])
})

test('a published version is not replaced unless that is asked for', async () => {
  await run([archive('web')])
  const index = readFileSync(join(target, 'index.yaml'), 'utf8')
  expect(await outcomes([archive('web')])).toEqual(['web 1.0.0 unchanged web-1.0.0.tgz'])
  const other = [archive('db'), archive('web', '1.0.0', 'description: other\n')]
  expect(await failureOf(run(other))).toBe('VERSION_PUBLISHED web 1.0.0 is published already')
  expect(existsSync(join(target, 'db-1.0.0.tgz'))).toBe(false)
  expect(readFileSync(join(target, 'index.yaml'), 'utf8')).toBe(index)
  expect((await outcomes(other, { overwrite: true }))[1]).toMatch(
    /^web 1\.0\.0 replaced [0-9a-f]{12}\/web-1\.0\.0\.tgz$/,
  )
  expect(readdirSync(target).filter((name) => name.startsWith('web'))).toEqual([])
})

test('a dry run changes nothing', async () => {
  expect(await outcomes([archive('web')], { dryRun: true })).toEqual([
    'web 1.0.0 published web-1.0.0.tgz',
  ])
  expect(existsSync(target)).toBe(false)
})

test('what others wrote into the index stays', async () => {
  await run([archive('web')])
  const path = join(target, 'index.yaml')
  const text = readFileSync(path, 'utf8')
  writeFileSync(
    path,
    `${text}annotations:\n  owner: me\n`.replace('name: web', 'name: web\n    checksum: x'),
  )
  await run([archive('db')])
  expect(readFileSync(path, 'utf8')).toContain('owner: me')
  expect(readFileSync(path, 'utf8')).toContain('checksum: x')
})

test('ten publishers at once lose nothing', async () => {
  const charts = Array.from({ length: 10 }, (_, at) => archive(`chart${at}`))
  await Promise.all(charts.map((chart) => run([chart])))
  expect(indexed()).toHaveLength(10)
})

class Killed extends Error {}

test('a publisher that is killed at any step leaves the old or the new repository', async () => {
  const before = publishItem(archiveOf('web'), undefined, 'web')
  const after = publishItem(archiveOf('web', 'description: new\n'), undefined, 'web')
  const settings = { baseUrl: '', overwrite: true, dryRun: false, now: '2026-01-02T03:04:05Z' }
  const seen = new Set<string>()
  for (let step = 0, isKilled = true; isKilled; step++) {
    target = join(folder, `repository${step}`)
    await publishToFolder([before], { ...settings, folder: target })
    let left = step
    const files = openFiles((_step, _path, act) => {
      if (left-- === 0) throw new Killed()
      return act()
    })
    isKilled = false
    try {
      await publishToFolder([after], { ...settings, folder: target }, files)
    } catch (error) {
      if (!(error instanceof Killed)) throw error
      isKilled = true
    }
    rmSync(join(target, '.kubectl-pkg-publish.lock'), { force: true })
    const url = await serve()
    const chart = await loadChart('web', () => Buffer.alloc(0), {
      repo: url,
      openSite: async () => siteAt(join(folder, `client${step}`)),
    })
    seen.add(chart.metadata.description ?? 'old')
  }
  expect([...seen]).toEqual(['old', 'new'])
})

test('Helm pulls what we published, byte for byte, and we pull what Helm indexed', async () => {
  const path = archive('web')
  await run([path, archive('web', '1.1.0')])
  const url = await serve()
  const home = join(folder, 'helm')
  await runHelmClient(['repo', 'add', 'ours', url], home)
  expect(await runHelmClient(['pull', 'ours/web', '--version', '~1.0'], home)).toMatchObject({
    code: 0,
  })
  expect(readFileSync(join(home, 'web-1.0.0.tgz'))).toEqual(readFileSync(path))

  const theirs = join(folder, 'theirs')
  writeChart(theirs, { 'web-1.0.0.tgz': readFileSync(path) })
  await runHelmClient(['repo', 'index', theirs], home)
  target = theirs
  const repository = { name: 'theirs', url: await serve() }
  await addRepository({ repository, force: false, allowDeprecated: false }, site)
  const chart = await loadChart('theirs/web', () => Buffer.alloc(0), { openSite: async () => site })
  expect(chart.metadata.version).toBe('1.0.0')
})

// Times and where Go's time zone stands are all that differs from what Helm writes.
test.each([{ flags: [] }, { flags: ['--url', 'https://charts.example.com/x/'] }])(
  'repo index $flags writes what Helm writes',
  async ({ flags }) => {
    const more = `description: 'Long: ${'words '.repeat(20)}'\nkeywords: [a, "1.10"]\nmaintainers: [{name: me}]\nannotations: {a: "b: c"}\ndependencies: [{name: db, version: 1.x, repository: "", tags: [x]}]\n`
    writeChart(target, {
      'web-1.0.0.tgz': archiveOf('web', more, { 'charts/db/Chart.yaml': chartYaml('db') }),
      'web-1.10.0.tgz': archiveOf('web', '', {}, '1.10.0'),
      'web-1.10.0+build.5.tgz': archiveOf('web', '', {}, '1.10.0+build.5'),
      'sub/db-1.0.0.tgz': archiveOf('db'),
      'notes-1.0.0.tgz': 'no archive',
      'next-1.0.0.tgz': targz([{ name: 'next/Chart.yaml', data: NEXT }]),
    })
    const index = join(target, 'index.yaml')
    await runHelmClient(['repo', 'index', target, ...flags], join(folder, 'helm'))
    const theirs = readFileSync(index, 'utf8')
    await indexRepository({
      folder: target,
      baseUrl: flags[1] ?? '',
      merge: undefined,
      json: false,
      now: () => new Date(),
    })
    const withoutTimes = (text: string) => text.replaceAll(/"20\d\d-[^"]*"/g, 'TIME')
    expect(withoutTimes(readFileSync(index, 'utf8'))).toBe(withoutTimes(theirs))
  },
)

/** Of an apiVersion that nobody renders. */
const NEXT = 'apiVersion: v3\nname: next\nversion: 1.0.0\n'

test('a merged index keeps versions whose archives are elsewhere', async () => {
  await run([archive('web'), archive('db')])
  const old = join(folder, 'old.yaml')
  writeFileSync(old, readFileSync(join(target, 'index.yaml')))
  rmSync(join(target, 'web-1.0.0.tgz'))
  const request = { folder: target, baseUrl: '', json: true, now: () => new Date() }
  await indexRepository({ ...request, merge: old })
  expect(indexed()).toEqual(['db 1.0.0 db-1.0.0.tgz', 'web 1.0.0 web-1.0.0.tgz'])
  const missing = join(folder, 'missing.yaml')
  await indexRepository({ ...request, merge: missing })
  expect(indexed()).toEqual(['db 1.0.0 db-1.0.0.tgz'])
  expect(existsSync(missing)).toBe(true)
})

test('a server with the API of ChartMuseum takes uploads', async () => {
  const server = await startRepository()
  closing.push(() => server.close())
  const bodies: Buffer[] = []
  let status = 201
  server.files.set('/api/org/charts', (response, request) => {
    request.on('data', (chunk: Buffer) => bodies.push(chunk))
    request.on('end', () => response.writeHead(status).end('{"error":"taken"}'))
  })
  const access = { username: 'me', password: 'secret' }
  const path = archive('web')
  expect(await outcomes([path], { target: `${server.url}/org`, access })).toEqual([
    `web 1.0.0 published ${server.url}/org/charts/web-1.0.0.tgz`,
  ])
  expect(Buffer.concat(bodies)).toEqual(readFileSync(path))
  expect(server.seen[0]?.headers.authorization).toMatch(/^Basic /)
  status = 409
  expect(await failureOf(run([path], { target: `${server.url}/org` }))).toBe(
    'VERSION_PUBLISHED web 1.0.0 is published already',
  )
  status = 500
  expect(await failureOf(run([path], { target: `${server.url}/org`, overwrite: true }))).toBe(
    `REPOSITORY_UNREACHABLE cannot publish web 1.0.0 to ${server.url}/api/org/charts: the server answered 500`,
  )
  expect(server.seen.at(-1)?.url).toBe('/api/org/charts?force=true')
})

test('what a server has is told before anything is sent to it', async () => {
  const server = await startRepository()
  closing.push(() => server.close())
  server.files.set('/api/charts', (response) => response.writeHead(201).end('{"saved":true}'))
  const uploads = () => server.seen.filter(({ method }) => method === 'POST').length
  const [web, db] = [archive('web'), archive('db')]
  offer(server, [
    { name: 'web', archive: readFileSync(web) },
    { name: 'db', archive: readFileSync(web) },
  ])
  const target = server.url

  expect(await outcomes([web], { target })).toEqual([
    `web 1.0.0 unchanged ${server.url}/charts/web-1.0.0.tgz`,
  ])
  expect(await failureOf(run([web, db], { target }))).toBe(
    'VERSION_PUBLISHED db 1.0.0 is published already',
  )
  expect(await outcomes([web, db], { target, overwrite: true, dryRun: true })).toEqual([
    `web 1.0.0 unchanged ${server.url}/charts/web-1.0.0.tgz`,
    `db 1.0.0 replaced ${server.url}/charts/db-1.0.0.tgz`,
  ])
  expect(uploads()).toBe(0)
  await run([web, db], { target, overwrite: true })
  expect(server.seen.at(-1)).toMatchObject({ method: 'POST', url: '/api/charts?force=true' })
  expect(uploads()).toBe(1)
})

/** What the server answers, as status and the headers that matter. */
async function ask(url: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await fetch(url, {
    method,
    headers: { 'accept-encoding': 'identity', ...headers },
  })
  return { status: response.status, headers: response.headers, body: await response.text() }
}

test('the server lets clients keep what has not changed', async () => {
  await run([archive('web')])
  const url = await serve()
  const first = await ask(`${url}/index.yaml`)
  expect(first.headers.get('cache-control')).toBe('no-cache')
  const etag = first.headers.get('etag') ?? ''
  expect((await ask(`${url}/index.yaml`, { 'if-none-match': etag })).status).toBe(304)
  const since = first.headers.get('last-modified') ?? ''
  expect((await ask(`${url}/index.yaml`, { 'if-modified-since': since })).status).toBe(304)
  const gzip = await ask(`${url}/index.yaml`, { 'accept-encoding': 'gzip' })
  expect([gzip.headers.get('content-encoding'), gzip.body]).toEqual(['gzip', first.body])
  const chart = await ask(`${url}/web-1.0.0.tgz`)
  expect(chart.headers.get('cache-control')).toBe('public, max-age=3600')
  expect((await ask(`${url}/web-1.0.0.tgz`, {}, 'HEAD')).body).toBe('')
})

test('nothing but a repository is served', async () => {
  await run([archive('web')])
  writeFileSync(join(target, 'secret.txt'), 'secret')
  writeFileSync(join(folder, 'outside.tgz'), 'secret')
  const url = await serve()
  const paths = [
    '/secret.txt',
    '/../outside.tgz',
    '/..%2foutside.tgz',
    '/%2e%2e/outside.tgz',
    '/.lock.tgz',
    '/a/b/c.tgz',
    '/%zz',
  ]
  const statuses = await Promise.all(paths.map(async (path) => (await ask(`${url}${path}`)).status))
  expect(statuses).toEqual(paths.map(() => 404))
  expect((await ask(`${url}/index.yaml`, {}, 'DELETE')).status).toBe(405)
})

test('the page lists charts and lets nothing of a chart act', async () => {
  await run([
    archive('web', '1.0.0', `description: "<script>alert(1)</script>"\nappVersion: "2<b>"\n`),
  ])
  const { headers, body } = await ask(await serve())
  expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(body).toContain('<a href="web-1.0.0.tgz">1.0.0</a>')
  expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(body).not.toContain('<script')
})

test('a folder without an index gets one for every request', async () => {
  writeChart(target, { 'web-1.0.0.tgz': archiveOf('web') })
  const url = await serve()
  expect((await ask(`${url}/index.yaml`)).body).toContain('name: web')
  expect(existsSync(join(target, 'index.yaml'))).toBe(false)
})

test.each([
  { target: 'ftp://charts.example', want: 'URL_REFUSED nothing is published to "ftp:" URLs' },
  { target: 'crop', want: 'REPOSITORY_UNKNOWN "crop" is no repository and no folder' },
])('nothing is published to $target', async ({ target: wrong, want }) => {
  expect(await failureOf(run([archive('web')], { target: wrong }))).toBe(want)
  expect(existsSync(wrong)).toBe(false)
})

test('a target that is a file is an archive without a target', async () => {
  const last = archive('db')
  expect(await failureOf(run([archive('web')], { target: last }))).toBe(
    `USAGE the target "${last}" is a file`,
  )
})

test('versions that differ behind their "+" alone are published beside each other', async () => {
  await run([archive('web', '1.0.0')])
  await run([archive('web', '1.0.0+build.5'), archive('web', 'v1.0.0')])
  expect(indexed().sort()).toEqual([
    'web 1.0.0 web-1.0.0.tgz',
    'web 1.0.0+build.5 web-1.0.0+build.5.tgz',
    'web v1.0.0 web-v1.0.0.tgz',
  ])
})

test('a provenance file of an earlier archive is refused, and nothing is published', async () => {
  const path = archive('web')
  writeFileSync(`${path}.prov`, `files:\n  web-1.0.0.tgz: sha256:${'0'.repeat(64)}\n`)
  expect(await failureOf(run([path]))).toBe(
    `PROVENANCE_FAILED "${path}.prov" is of another archive than "${path}"`,
  )
  expect(existsSync(target)).toBe(false)
})
