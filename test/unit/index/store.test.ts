import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addRepository, removeRepositories } from '../../../src/actions/repositories.ts'
import { openFiles } from '../../../src/base/files.ts'
import { openIndexStore, type IndexStore } from '../../../src/index/store.ts'
import { archiveOf, failureOf, offer, siteAt, type TestSite } from '../../support/chart-site.ts'
import { startRepository, type FakeRepository } from '../../support/fake-repository.ts'
import { refusingFiles } from '../../support/fault-fs.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

let server: FakeRepository
let folder: string
let site: TestSite
beforeEach(async () => {
  server = await startRepository()
  folder = temporaryFolder()
  site = siteAt(folder)
  offer(server, [
    { name: 'web', archive: archiveOf('web') },
    { name: 'db', archive: archiveOf('db') },
  ])
})
afterEach(() => server.close())

const origin = () => ({ url: server.url })
const QUIET = { onOddity: () => undefined, onNotice: () => undefined }

function versions(name: string): Promise<string[] | undefined> {
  return site.indexes.use(origin(), (table) =>
    (table.versionsOf(name) ?? []).map(({ version }) => version),
  )
}

/** Paths of the files that are kept of the one repository. */
function kept(): string[] {
  const root = join(folder, 'cache', 'repositories')
  return readdirSync(root).flatMap((name) =>
    readdirSync(join(root, name)).map((file) => join(root, name, file)),
  )
}

test('an index is looked into once it was fetched', async () => {
  expect(await versions('web')).toBeUndefined()
  expect(await site.indexes.refresh(origin(), site.downloader)).toEqual({
    isChanged: true,
    warnings: [],
  })
  expect(await versions('web')).toEqual(['1.0.0'])
  expect(await versions('nothing')).toEqual([])
})

test('an index that has not changed is not sent again', async () => {
  const body = gzipSync(server.files.get('/index.yaml') as string)
  server.files.set('/index.yaml', (response, request) => {
    if (request.headers['if-none-match'] === '"one"') return response.writeHead(304).end()
    return response.writeHead(200, { etag: '"one"', 'content-encoding': 'gzip' }).end(body)
  })
  await site.indexes.refresh(origin(), site.downloader)
  const again = await site.indexes.refresh(origin(), site.downloader)
  expect(again.isChanged).toBe(false)
  expect(server.seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"one"'])
  expect(await versions('db')).toEqual(['1.0.0'])
})

test.each([
  { what: 'removed', damage: (path: string) => writeFileSync(path, '') },
  {
    what: 'damaged in its head',
    damage: (path: string) => writeFileSync(path, readFileSync(path).subarray(1)),
  },
  {
    what: 'damaged in its last byte',
    damage: (path: string) => {
      const bytes = readFileSync(path)
      bytes[bytes.length - 40] = 0
      writeFileSync(path, bytes)
    },
  },
])('a side table that was $what is made anew', async ({ damage }) => {
  await site.indexes.refresh(origin(), site.downloader)
  for (const path of kept()) if (path.endsWith('.table')) damage(path)
  expect(
    await site.indexes.use(origin(), (table) => [
      table.keys(),
      table.searchLines().map(({ name }) => name),
      table.versionsOf('web')?.length,
    ]),
  ).toEqual([['db', 'web'], ['db', 'web'], 1])
})

test('with index and table damaged, nothing is known', async () => {
  await site.indexes.refresh(origin(), site.downloader)
  for (const path of kept()) if (!path.endsWith('state.json')) writeFileSync(path, 'damage')
  expect(await versions('web')).toBeUndefined()
})

test('what is damaged beyond repair is fetched again, although the server has it unchanged', async () => {
  const body = server.files.get('/index.yaml') as string
  server.files.set('/index.yaml', (response, request) => {
    if (request.headers['if-none-match'] === '"one"') return response.writeHead(304).end()
    return response.writeHead(200, { etag: '"one"' }).end(body)
  })
  await site.indexes.refresh(origin(), site.downloader)
  for (const path of kept()) {
    if (path.endsWith('.yaml')) writeFileSync(path, 'damage')
    // Only what is behind the head: that of the table still says what it is of.
    if (path.endsWith('.table')) truncateSync(path, readFileSync(path).indexOf('\n') + 1)
  }
  expect(await versions('web')).toBeUndefined()
  await site.indexes.refresh(origin(), site.downloader)
  expect(await versions('web')).toEqual(['1.0.0'])
})

test('an index that cannot be used leaves the one before', async () => {
  await site.indexes.refresh(origin(), site.downloader)
  server.files.set('/index.yaml', '<html>')
  expect(await failureOf(site.indexes.refresh(origin(), site.downloader))).toContain(
    'INDEX_INVALID',
  )
  expect(await versions('web')).toEqual(['1.0.0'])
})

test('what an index says of itself may be of any length', async () => {
  const long = 'x'.repeat(100_000)
  const key = 'k'.repeat(1000)
  const bad = Array.from(
    { length: 30 },
    (_, at) => `  ${key}${at}: [{name: a, version: ${long}}]\n`,
  )
  const text = server.files.get('/index.yaml') as string
  server.files.set(
    '/index.yaml',
    text
      .replace(/generated: .*/, `generated: "${long}"`)
      .replace('entries:\n', `$&${bad.join('')}`),
  )
  await site.indexes.refresh(origin(), site.downloader)
  expect(await versions('web')).toEqual(['1.0.0'])
})

test('an index of 100,000 charts is looked into as one of few', async () => {
  const count = 100_000
  const chart = (at: number) =>
    `  c${at}:\n  - apiVersion: v2\n    name: c${at}\n    version: 1.0.${at}\n    urls:\n    - c${at}.tgz\n`
  const charts = Array.from({ length: count }, (_, at) => chart(at)).join('')
  server.files.set('/index.yaml', `apiVersion: v1\nentries:\n${charts}generated: "2026-01-02"\n`)
  await site.indexes.refresh(origin(), site.downloader)
  expect(await versions('c0')).toEqual(['1.0.0'])
  expect(await versions(`c${count - 1}`)).toEqual([`1.0.${count - 1}`])
  expect(await versions('c')).toEqual([])
  expect(await site.indexes.use(origin(), (table) => table.keys().length)).toBe(count)
  expect(await site.indexes.use(origin(), (table) => table.searchLines().length)).toBe(count)
})

test('an index that is older than the one before is told of', async () => {
  await site.indexes.refresh(origin(), site.downloader)
  const text = server.files.get('/index.yaml') as string
  server.files.set(
    '/index.yaml',
    text
      .replace('"2026-01-02T03:04:05Z"\n', '"2020-01-02T03:04:05Z"\n')
      .replace(/generated: .*/, 'generated: "2020-01-01T00:00:00Z"'),
  )
  await site.indexes.refresh(origin(), site.downloader)
  expect(site.notices.join()).toContain('is older (2020-01-01T00:00:00Z)')
})

const digestOf = (letter: string) => letter.repeat(64)

/** Offers web with these digests by version. */
function publish(digests: Record<string, string>): void {
  const archive = archiveOf('web')
  const offers = Object.entries(digests).map(([version, digest]) => ({ version, digest }))
  offer(server, [
    ...offers.map((each) => ({ name: 'web', archive, ...each })),
    { name: 'db', archive },
  ])
}

test('a version that has another digest than before is told of, however it is written', async () => {
  publish({ '1.0.0': digestOf('a'), '1.1.0': digestOf('b'), '1.2.0': digestOf('c'), '1.3.0': '' })
  await site.indexes.refresh(origin(), site.downloader)
  publish({
    '1.0.0': `SHA256:${digestOf('A')}`,
    '1.1.0': digestOf('d'),
    '1.3.0': digestOf('e'),
    '2.0.0': digestOf('f'),
  })
  await site.indexes.refresh(origin(), site.downloader)
  expect(site.notices).toEqual([
    `warning: the index of ${server.url} has other bytes as web 1.1.0 now (sha256:${digestOf('d')}) than before (sha256:${digestOf('b')})`,
  ])
  publish({ '1.1.0': digestOf('d') })
  await site.indexes.refresh(origin(), site.downloader)
  expect(site.notices).toHaveLength(1)
})

test('of many such versions the first are told of', async () => {
  const versions = Array.from({ length: 9 }, (_, at) => `1.${at}.0`)
  publish(Object.fromEntries(versions.map((version) => [version, digestOf('a')])))
  await site.indexes.refresh(origin(), site.downloader)
  publish(Object.fromEntries(versions.map((version) => [version, digestOf('b')])))
  await site.indexes.refresh(origin(), site.downloader)
  expect(site.notices).toHaveLength(6)
  expect(site.notices.at(-1)).toContain('has other bytes for 4 more versions')
})

test('an index with such a version is refused when that is asked for, and the old one stays', async () => {
  publish({ '1.0.0': digestOf('a') })
  await site.indexes.refresh(origin(), site.downloader)
  const before = kept()
  const strict = siteAt(folder, { isStrict: true })
  publish({ '1.0.0': digestOf('b') })
  expect(await failureOf(strict.indexes.refresh(origin(), strict.downloader))).toContain(
    `INDEX_SUSPECT the index of ${server.url} has other bytes as web 1.0.0 now`,
  )
  expect(kept()).toEqual(before)
  const digests = await strict.indexes.use(origin(), (table) => table.versionsOf('web'))
  expect(digests).toMatchObject([{ digest: digestOf('a') }])
})

test('only the newest index is kept, for its owner alone, and goes with its repository', async () => {
  const repository = { ...origin(), name: 'corp' }
  await addRepository({ repository, force: false, allowDeprecated: false }, site)
  offer(server, [{ name: 'web', version: '2.0.0', archive: archiveOf('web') }])
  await site.indexes.refresh(repository, site.downloader)
  expect(kept().map((path) => path.replace(/^.*\./, ''))).toEqual(['table', 'yaml', 'json'])
  expect(kept().map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual([
    '600',
    '600',
    '600',
  ])
  await removeRepositories(['corp'], site, () => undefined)
  expect(readdirSync(join(folder, 'cache', 'repositories'))).toEqual([])
})

test.each(['ENOSPC', 'EIO', 'EROFS', 'EACCES'])(
  'with %s at any step a run sees the new index, and keeps the old or the new one',
  async (code) => {
    const seen = new Set<string>()
    for (let at = 1, isRefused = true; isRefused; at++) {
      const root = join(folder, `refused${at}`)
      offer(server, [{ name: 'web', archive: archiveOf('web') }])
      await openIndexStore(root, QUIET).refresh(origin(), site.downloader)
      offer(server, [{ name: 'web', version: '2.0.0', archive: archiveOf('web') }])
      const notices: string[] = []
      const { files } = refusingFiles(at, code)
      const onNotice = (notice: string) => notices.push(notice)
      const store = openIndexStore(root, { ...QUIET, onNotice, files })
      await store.refresh(origin(), site.downloader)
      expect(await newestIn(store)).toBe('2.0.0')
      isRefused = notices.length > 0
      const kept = await newestIn(openIndexStore(root, QUIET))
      if (isRefused) {
        expect(notices).toEqual([
          expect.stringContaining(`warning: the cache ${root} is not used: ${code}: refused`),
        ])
      }
      const names = readdirSync(root, { recursive: true, encoding: 'utf8' })
      expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([])
      seen.add(`${isRefused} ${kept}`)
    }
    expect([...seen]).toContain('true 1.0.0')
    expect([...seen].at(-1)).toBe('false 2.0.0')
  },
)

test('an update that cannot be kept is an error, and the old index stays', async () => {
  const root = join(folder, 'full')
  await openIndexStore(root, QUIET).refresh(origin(), site.downloader)
  offer(server, [{ name: 'web', version: '2.0.0', archive: archiveOf('web') }])
  const { files } = refusingFiles(2, 'ENOSPC', 1000)
  const store = openIndexStore(root, { ...QUIET, files })
  const run = store.refresh(origin(), site.downloader, { mustKeep: true })
  expect(await failureOf(run)).toContain('FILE_UNWRITABLE ENOSPC: refused by the test')
  expect(await newestIn(openIndexStore(root, QUIET))).toBe('1.0.0')
})

test.each([
  { what: 'a file', make: (path: string) => writeFileSync(path, ''), why: 'it is no folder' },
  { what: 'a link', make: (path: string) => symlinkSync(tmpdir(), path), why: 'it is a link' },
  {
    what: 'everybody’s',
    make(path: string) {
      mkdirSync(path)
      chmodSync(path, 0o777)
    },
    why: 'everybody can write to it',
  },
])('where the cache is $what, indexes are those of the run alone', async ({ make, why }) => {
  const root = join(folder, 'odd')
  make(root)
  const notices: string[] = []
  const store = openIndexStore(root, { ...QUIET, onNotice: (notice) => notices.push(notice) })
  await store.refresh(origin(), site.downloader)
  expect(await newestIn(store)).toBe('1.0.0')
  expect(await store.peek(origin(), (table) => table.keys())).toBeUndefined()
  await store.forget(origin())
  expect(notices).toEqual([`warning: the cache ${root} is not used: ${why}`])
  const kept = store.refresh(origin(), site.downloader, { mustKeep: true })
  expect(await failureOf(kept)).toBe(`FILE_UNWRITABLE the folder ${root} cannot be used: ${why}`)
})

function newestIn(store: IndexStore): Promise<string | undefined> {
  return store.use(origin(), (table) => table.versionsOf('web')?.[0]?.version)
}

class Killed extends Error {}

test('an update that is killed at any step leaves the old index or the new one', async () => {
  const seen = new Set<string>()
  for (let step = 0, isKilled = true; isKilled; step++) {
    const root = join(folder, `killed${step}`)
    offer(server, [{ name: 'web', archive: archiveOf('web') }])
    await openIndexStore(root, QUIET).refresh(origin(), site.downloader)
    offer(server, [{ name: 'web', version: '2.0.0', archive: archiveOf('web', '', {}, '2.0.0') }])
    let left = step
    const files = openFiles((_step, _path, run) => {
      if (left-- <= 0) throw new Killed()
      return run()
    })
    isKilled = false
    try {
      await openIndexStore(root, { ...QUIET, files }).refresh(origin(), site.downloader)
    } catch (error) {
      if (!(error instanceof Killed)) throw error
      isKilled = true
    }
    const after = await openIndexStore(root, QUIET).use(
      origin(),
      (table) => table.versionsOf('web')?.[0]?.version,
    )
    seen.add(String(after))
  }
  expect([...seen]).toEqual(['1.0.0', '2.0.0'])
})
