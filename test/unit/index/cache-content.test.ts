import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { refresh } from '../../../src/repo/find-chart.ts'
import { chooseGarbage, type CacheItem } from '../../../src/index/cache-content.ts'
import CacheGc from '../../../src/commands/cache/gc.ts'
import CacheList from '../../../src/commands/cache/list.ts'
import CacheVerify from '../../../src/commands/cache/verify.ts'
import { writeChart } from '../../support/chart-builder.ts'
import { archiveOf, offer, siteAt } from '../../support/chart-site.ts'
import { startRepository, type FakeRepository } from '../../support/fake-repository.ts'
import { runCli, type CommandClass } from '../../support/run-cli.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const DAY = 24 * 60 * 60 * 1000
const NOW = Date.parse('2026-03-01T00:00:00Z')

let server: FakeRepository
let home: string
/** Paths of the archives web 1.0.0 and db 1.0.0, and of the folder of the index. */
let web: string
let db: string
let index: string

/** A cache with two archives and the index of `corp`, all last used ten days before now. */
beforeEach(async () => {
  home = temporaryFolder()
  server = await startRepository()
  const archives = { web: archiveOf('web'), db: archiveOf('db') }
  offer(
    server,
    Object.entries(archives).map(([name, archive]) => ({ name, archive })),
  )
  writeChart(join(home, 'config'), {
    'repositories.yaml': `repositories: [{name: corp, url: "${server.url}"}]\n`,
  })
  const site = siteAt(home)
  await refresh({ url: server.url }, site)
  const paths = []
  for (const archive of Object.values(archives)) {
    const digest = await site.blobs.write(archive)
    paths.push(join(home, 'cache/charts/sha256', digest))
  }
  ;[web = '', db = ''] = paths
  const folder = join(home, 'cache/repositories')
  index = join(folder, readdirSync(folder)[0] ?? '')
  for (const path of [web, db, ...filesOf(index)]) age(path, 10)
})
afterEach(() => server.close())

const filesOf = (folder: string) => readdirSync(folder).map((name) => join(folder, name))

function age(path: string, days: number): void {
  const time = new Date(NOW - days * DAY)
  utimesSync(path, time, time)
}

async function cache(command: CommandClass, ...flags: string[]): Promise<string> {
  const env = {
    KUBECTL_PKG_CONFIG_HOME: join(home, 'config'),
    KUBECTL_PKG_CACHE_HOME: join(home, 'cache'),
  }
  const places = [
    ...['--repository-config', join(home, 'config/repositories.yaml')],
    ...['--repository-cache', join(home, 'cache/repositories')],
    ...['--content-cache', join(home, 'cache/charts')],
  ]
  const run = await runCli(command, [...flags, ...places], { env, now: NOW })
  return run.stdout.toString() + run.stderr
}

const SIZES = /\d+(?:\.\d+)? (?:B|KiB)/g

test('what is kept is listed with what it is', async () => {
  const listed = JSON.parse(await cache(CacheList, '-o', 'json')) as {
    kind: string
    name: string
  }[]
  expect(listed.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
    'archive db 1.0.0',
    'archive web 1.0.0',
    'index corp',
  ])
  expect(await cache(CacheList)).toMatch(/^KIND +\tNAME +\tSIZE +\tLAST USED +\tID/)
})

test('an empty cache says so', async () => {
  const places = ['--repository-cache', join(home, 'a'), '--content-cache', join(home, 'b')]
  const { stdout } = await runCli(CacheList, places)
  expect(stdout.toString()).toBe('The cache is empty.\n')
})

test('whole archives and indexes stay', async () => {
  expect((await cache(CacheVerify)).replaceAll(SIZES, 'N')).toBe('0 of 3 items removed, N of N\n')
})

test.each([
  {
    what: 'an archive with other bytes',
    harm: () => writeFileSync(web, 'other'),
    wanted: /^archive \w{12} \(5 B\) removed\n1 of 3 items removed/,
    gone: () => web,
  },
  {
    what: 'an index with other bytes',
    harm: () => writeFileSync(filesOf(index).find((path) => path.endsWith('.yaml')) ?? '', 'x'),
    wanted: /^index corp \(.*\) removed\n1 of 3 items removed/,
    gone: () => index,
  },
  {
    what: 'a side table that was cut off',
    harm() {
      const table = filesOf(index).find((path) => path.endsWith('.table')) ?? ''
      writeFileSync(table, readFileSync(table).subarray(0, -1))
    },
    wanted: /^index corp \(.*\) removed\n1 of 3 items removed/,
    gone: () => index,
  },
])('$what is found and removed, but not by a dry run', async ({ harm, wanted, gone }) => {
  harm()
  expect(await cache(CacheVerify, '--dry-run')).toMatch(/would be removed/)
  expect(existsSync(gone())).toBe(true)
  expect(await cache(CacheVerify)).toMatch(wanted)
  expect(existsSync(gone())).toBe(false)
  expect(await cache(CacheVerify)).toMatch(/^0 of 2 items removed/)
})

test('what was not used for long goes', async () => {
  age(web, 40)
  expect((await cache(CacheGc, '--dry-run')).replaceAll(SIZES, 'N')).toBe(
    'archive web 1.0.0 (N) would be removed\n1 of 3 items would be removed, N of N\n',
  )
  expect(existsSync(web)).toBe(true)
  expect(await cache(CacheGc)).toMatch(/^archive web 1\.0\.0 \(.*\) removed\n1 of 3 /)
  expect([web, db, index].map((path) => existsSync(path))).toEqual([false, true, true])
})

test('with a size, the longest unused goes until the rest fits', async () => {
  age(db, 20)
  const left = [web, ...filesOf(index)].reduce((sum, path) => sum + readFileSync(path).length, 0)
  expect(await cache(CacheGc, '--max-size', String(left))).toMatch(/^archive db 1\.0\.0/)
  expect(existsSync(web)).toBe(true)
  await cache(CacheGc, '--max-size', '0')
  expect([web, db, index].map((path) => existsSync(path))).toEqual([false, false, false])
})

test('a use is noted, so that it counts from then on', async () => {
  for (const path of [web, ...filesOf(index)]) age(path, 400)
  const site = siteAt(home)
  expect(await site.indexes.use({ url: server.url }, (table) => table.keys())).toEqual([
    'db',
    'web',
  ])
  const digest = web.slice(-64)
  expect(await site.blobs.read(digest)).toBeDefined()
  expect(await cache(CacheGc, '--older-than', '8760h')).toMatch(/^0 of 3 /)
})

test('only temporary files of long ago go, and nothing of others', async () => {
  const folder = join(web, '..')
  const stray = join(folder, `.web.${'0'.repeat(24)}.tmp`)
  const fresh = join(index, `.state.${'1'.repeat(24)}.tmp`)
  const foreign = join(home, 'cache/repositories/corp-index.yaml')
  const notes = join(home, 'cache/charts/sha256/notes')
  mkdirSync(notes)
  const others = [foreign, join(notes, 'mine.txt')]
  for (const path of [stray, fresh, ...others]) writeFileSync(path, 'x')
  for (const path of [stray, ...others]) utimesSync(path, 0, 0)
  expect(await cache(CacheGc)).toMatch(/^1 temporary file removed\n0 of 3 items removed/)
  expect([stray, fresh, ...others].map((path) => existsSync(path))).toEqual([
    false,
    true,
    true,
    true,
  ])
})

test('a cache that is a link is left alone', async () => {
  const { stderr } = await runCli(CacheGc, ['--content-cache', '/proc/self/cwd'])
  expect(stderr).toContain('the cache /proc/self/cwd is not used: it is a link')
})

test('garbage is the longest unused first, until both limits hold', () => {
  const items = [3, 1, 2].map((used): CacheItem => ({
    kind: 'archive',
    id: String(used),
    paths: [],
    bytes: 10,
    used,
  }))
  const idsOf = (unusedSince: number, mostBytes: number) =>
    chooseGarbage(items, { unusedSince, mostBytes }).map(({ id }) => id)
  expect(idsOf(0, Infinity)).toEqual([])
  expect(idsOf(2, Infinity)).toEqual(['1'])
  expect(idsOf(0, 10)).toEqual(['1', '2'])
  expect(idsOf(9, 30)).toEqual(['1', '2', '3'])
})
