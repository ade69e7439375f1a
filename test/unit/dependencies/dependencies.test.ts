import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildDependencies, updateDependencies } from '../../../src/actions/dependencies.ts'
import { addRepository } from '../../../src/actions/repositories.ts'
import { openFiles } from '../../../src/base/files.ts'
import { loadChartDirectory } from '../../../src/chart/read-directory.ts'
import type { ChartSite } from '../../../src/repo/chart-site.ts'
import { openTrustPolicy } from '../../../src/repo/trust.ts'
import { openChartFolder, saveDependencies } from '../../../src/dependencies/save.ts'
import { chartYaml, writeChart } from '../../support/chart-builder.ts'
import { sha256 } from '../../../src/base/digest.ts'
import { archiveOf, failureOf, offer, siteAt, type TestSite } from '../../support/chart-site.ts'
import { startRepository, type FakeRepository } from '../../support/fake-repository.ts'
import { runHelmClient } from '../../support/helm-client.ts'
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
    { name: 'db', archive: archiveOf('db') },
    { name: 'db', version: '1.1.0', archive: archiveOf('db', '', {}, '1.1.0') },
    { name: 'web', archive: archiveOf('web') },
  ])
})
afterEach(() => server.close())

interface Declared {
  name: string
  version?: string
  repository?: string
  alias?: string
}

function declare(dependencies: readonly Declared[]): string {
  const list = dependencies.map(
    ({ name, version = '^1', repository = server.url, alias }) =>
      `- name: ${name}\n  version: ${version}\n  repository: ${repository}\n${alias === undefined ? '' : `  alias: ${alias}\n`}`,
  )
  return `dependencies:\n${list.join('')}`
}

/** Writes a chart that depends on others, into a folder of its name. */
function chart(name: string, dependencies: readonly Declared[]): string {
  const files = { 'Chart.yaml': chartYaml(name, declare(dependencies)) }
  return writeChart(join(folder, name), files)
}

const request = (path: string, more = {}) => ({
  folder: path,
  onNotice: () => undefined,
  now: () => new Date('2026-01-02T03:04:05Z'),
  ...more,
})
const update = (path: string, more = {}) => updateDependencies(request(path, more), site)
const build = (path: string, more = {}) => buildDependencies(request(path, more), site)

/** The charts that a folder or archive holds, each as its path and version. */
function tree(path: string): string[] {
  const below = (found: ReturnType<typeof loadChartDirectory>, above: string): string[] =>
    found.subcharts.flatMap((each) => {
      const name = `${above}${each.metadata.name}`
      return [`${name} ${each.metadata.version}`, ...below(each, `${name}/`)]
    })
  return below(loadChartDirectory(path), '').sort()
}

test('versions are chosen, fetched and locked', async () => {
  const path = chart('parent', [{ name: 'db' }, { name: 'web', version: '1.0.0' }])
  await update(path)
  expect(tree(path)).toEqual(['db 1.1.0', 'web 1.0.0'])
  const lock = readFileSync(join(path, 'Chart.lock'), 'utf8')
  expect(lock.replaceAll(/[0-9a-f]{64}/g, 'HEX').replaceAll(server.url, 'URL')).toBe(`dependencies:
- digest: sha256:HEX
  name: db
  repository: URL
  version: 1.1.0
- digest: sha256:HEX
  name: web
  repository: URL
  version: 1.0.0
digest: sha256:HEX
generated: "2026-01-02T03:04:05Z"
`)
})

test('at most six archives are on their way at a time, and the index is opened once', async () => {
  const names = Array.from({ length: 20 }, (_, at) => `part-${at}`)
  const archives = names.map((name) => ({ name, archive: archiveOf(name) }))
  offer(server, archives)
  let [asked, under, most] = [0, 0, 0]
  const held: (() => void)[] = []
  // Nothing is answered before six wait, or the last: then a seventh has time to come too.
  const answerAll = () => held.splice(0).forEach((answer) => answer())
  for (const { name, archive } of archives) {
    server.files.set(`/${name}-1.0.0.tgz`, (response) => {
      most = Math.max(most, ++under)
      held.push(() => response.end(archive, () => under--))
      if (++asked === archives.length || held.length === 6) setTimeout(answerAll, 50)
    })
  }
  let opened = 0
  const counted: ChartSite = {
    ...site,
    indexes: {
      ...site.indexes,
      use(origin, look) {
        opened++
        return site.indexes.use(origin, look)
      },
    },
  }
  const path = chart(
    'parent',
    names.map((name) => ({ name })),
  )
  await updateDependencies(request(path), counted)
  expect(tree(path)).toHaveLength(20)
  expect({ most, opened }).toEqual({ most: 6, opened: 1 })
})

test('Helm accepts the lock, and would write the same digest', async () => {
  const path = chart('parent', [{ name: 'db' }])
  await update(path)
  const ours = readFileSync(join(path, 'Chart.lock'), 'utf8')
  rmSync(join(path, 'charts'), { recursive: true })
  const home = join(folder, 'helm')
  await runHelmClient(['repo', 'add', 'corp', server.url], home)
  expect(await runHelmClient(['dependency', 'build', path], home)).toMatchObject({ code: 0 })
  expect(tree(path)).toEqual(['db 1.1.0'])
  rmSync(join(path, 'Chart.lock'))
  await runHelmClient(['dependency', 'update', path], home)
  const digest = /^digest: .*$/m
  expect(digest.exec(readFileSync(join(path, 'Chart.lock'), 'utf8'))?.[0]).toBe(
    digest.exec(ours)?.[0],
  )
  rmSync(join(path, 'charts'), { recursive: true })
  await build(path)
  expect(tree(path)).toEqual(['db 1.1.0'])
})

test('seventeen references to one archive fetch it and its index once', async () => {
  const many = Array.from({ length: 17 }, (_, at) => ({ name: 'db', alias: `db${at}` }))
  await update(chart('parent', many))
  expect([server.count('/index.yaml'), server.count('/db-1.1.0.tgz')]).toEqual([1, 1])
})

test('repositories that are not named are left alone', async () => {
  const other = await startRepository('127.0.0.2')
  offer(other, [])
  const repository = { name: 'other', url: other.url }
  await addRepository({ repository, force: false, allowDeprecated: false }, site)
  other.seen.length = 0
  await update(chart('parent', [{ name: 'db' }]))
  expect(other.seen).toEqual([])
  await other.close()
})

test('what a dependency depends on comes along, from folders and from archives', async () => {
  chart('r', [])
  chart('q', [{ name: 'r', version: '1.0.0', repository: 'file://../r' }])
  offer(server, [
    { name: 'leaf', archive: archiveOf('leaf') },
    { name: 'branch', archive: archiveOf('branch', declare([{ name: 'leaf' }])) },
  ])
  const path = chart('p', [
    { name: 'q', version: '1.0.0', repository: 'file://../q' },
    { name: 'branch' },
  ])
  await update(path)
  const whole = ['branch 1.0.0', 'branch/leaf 1.0.0', 'q 1.0.0', 'q/r 1.0.0']
  expect(tree(path)).toEqual(whole)
  rmSync(join(path, 'charts'), { recursive: true })
  await build(path, { locked: true })
  expect(tree(path)).toEqual(whole)
})

test.each([
  {
    what: 'a grandchild that nobody has',
    inner: { name: 'gone' },
    want: (url: string) => `CHART_NOT_FOUND gone chart not found in repo ${url}`,
  },
  {
    what: 'a grandchild in a folder of its publisher',
    inner: { name: 'leaf', repository: 'file://../leaf' },
    want: () =>
      'DEPENDENCY_MISSING p → branch → leaf is missing, and its repository file://../leaf is a folder of whoever published p → branch',
  },
  {
    what: 'a grandchild in no version that fits',
    inner: { name: 'leaf', version: '^9' },
    want: (url: string) =>
      `VERSION_NOT_FOUND can't get a valid version for 1 subchart(s): "leaf" (repository "${url}", version "^9"). Make sure a matching chart version exists in the repo, or change the version constraint in Chart.yaml`,
  },
])('$what is an error', async ({ inner, want }) => {
  offer(server, [
    { name: 'leaf', archive: archiveOf('leaf') },
    { name: 'branch', archive: archiveOf('branch', declare([inner])) },
  ])
  const path = chart('p', [{ name: 'branch' }])
  expect(await failureOf(update(path))).toBe(want(server.url))
  expect(existsSync(join(path, 'charts'))).toBe(false)
})

test('what was meant and what there is are told of a dependency that is not there', async () => {
  const repository = { name: 'corp', url: server.url }
  await addRepository({ repository, force: false, allowDeprecated: false }, site)
  const hintOf = async (wish: Parameters<typeof chart>[1][number]): Promise<unknown> => {
    try {
      await update(chart('p', [wish]))
    } catch (error) {
      return (error as { hint?: string }).hint
    }
    return 'no failure'
  }
  offer(server, [
    { name: 'leaf', archive: archiveOf('leaf') },
    { name: 'branch', archive: archiveOf('branch') },
  ])
  expect(await hintOf({ name: 'laef' })).toBe('Did you mean "leaf"? It is wanted by p.')
  expect(await hintOf({ name: 'tree' })).toBe('It is wanted by p.')
  expect(await hintOf({ name: 'leaf', version: '^9' })).toBe('It is wanted by p; there is 1.0.0.')
  expect(await hintOf({ name: 'leaf', repository: '"@crop"' })).toBe('Did you mean "@corp"?')
})

test('a grandchild of another version than is wanted is a conflict that names the path', async () => {
  const archive = archiveOf('branch', declare([{ name: 'leaf', version: '^2' }]), {
    'charts/leaf/Chart.yaml': chartYaml('leaf'),
  })
  offer(server, [{ name: 'branch', archive }])
  expect(await failureOf(update(chart('p', [{ name: 'branch' }])))).toBe(
    'DEPENDENCY_CONFLICT p → branch → leaf: dependency leaf at version 1.0.0 does not satisfy the constraint ^2',
  )
})

test('charts that depend on each other in a circle are named', async () => {
  chart('q', [{ name: 'p', version: '1.0.0', repository: 'file://../p' }])
  const path = chart('p', [{ name: 'q', version: '1.0.0', repository: 'file://../q' }])
  expect(await failureOf(update(path))).toBe(
    'DEPENDENCY_CONFLICT p → q → p: charts depend on each other in a circle',
  )
})

test('aliases of repositories are addresses in the lock', async () => {
  const repository = { name: 'corp', url: server.url }
  await addRepository({ repository, force: false, allowDeprecated: false }, site)
  const path = chart('parent', [
    { name: 'db', repository: '"@corp"' },
    { name: 'web', repository: 'alias:corp' },
  ])
  await update(path)
  expect(readFileSync(join(path, 'Chart.lock'), 'utf8').match(/repository: .*/g)).toEqual([
    `repository: ${server.url}`,
    `repository: ${server.url}`,
  ])
  expect(await failureOf(build(path))).toBe('no failure')
  const unknown = chart('other', [{ name: 'db', repository: '"@gone"' }])
  expect(await failureOf(update(unknown))).toBe(
    `REPOSITORY_UNKNOWN no repository definition for @gone. Please add them via 'helm repo add'`,
  )
})

test('a lock that was made for others is refused', async () => {
  const path = chart('parent', [{ name: 'db' }])
  await update(path)
  chart('parent', [{ name: 'db', version: '~1.0' }])
  expect(await failureOf(build(path))).toBe(
    'CHART_LOCK_OUT_OF_STEP the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). Please update the dependencies',
  )
})

test('bytes that are not those of the lock are refused, and charts/ stays', async () => {
  const path = chart('parent', [{ name: 'db' }])
  await update(path)
  const before = readdirSync(join(path, 'charts'))
  offer(server, [
    { name: 'db', version: '1.1.0', archive: archiveOf('db', '', { x: 'evil' }, '1.1.0') },
  ])
  site = siteAt(join(folder, 'elsewhere'))
  expect(await failureOf(build(path))).toContain('DIGEST_MISMATCH expected sha256:')
  expect(readdirSync(join(path, 'charts'))).toEqual(before)
})

test('a version that was replaced since it was locked is told of, or refused', async () => {
  const path = chart('parent', [{ name: 'db' }])
  await update(path)
  const lock = readFileSync(join(path, 'Chart.lock'), 'utf8')
  const other = archiveOf('db', '', { x: 'other' }, '1.1.0')
  offer(server, [{ name: 'db', version: '1.1.0', archive: other }])

  site = siteAt(join(folder, 'strict'), { isStrict: true })
  expect(await failureOf(update(path))).toMatch(
    /^DIGEST_MISMATCH db 1.1.0 of http.* has other bytes \(sha256:\w+\) than the lock has of it/,
  )
  expect(readFileSync(join(path, 'Chart.lock'), 'utf8')).toBe(lock)

  site = siteAt(join(folder, 'elsewhere'))
  await update(path)
  expect(site.notices).toEqual([
    `warning: db 1.1.0 of ${server.url} has other bytes (sha256:${sha256(other)}) than the lock has of it (${/sha256:\w+/.exec(lock)?.[0]})`,
  ])
})

test('a version that is gone from its repository is built from the cache', async () => {
  const path = chart('parent', [{ name: 'db' }])
  await update(path)
  rmSync(join(path, 'charts'), { recursive: true })
  offer(server, [])
  await build(path)
  expect(tree(path)).toEqual(['db 1.1.0'])
})

test('without a network the cache does, and what it lacks is named', async () => {
  const path = chart('parent', [{ name: 'db' }])
  await update(path)
  const seen = server.seen.length
  site = siteAt(folder, { isOffline: true })
  await build(path)
  await update(path)
  expect(server.seen.length).toBe(seen)
  site = siteAt(join(folder, 'elsewhere'), { isOffline: true })
  expect(await failureOf(build(path))).toBe(`OFFLINE the index of ${server.url} was never fetched`)
})

test('--locked takes nothing that the lock does not name', async () => {
  const path = chart('parent', [{ name: 'db' }])
  expect(await failureOf(build(path, { locked: true }))).toBe(
    'CHART_LOCK_OUT_OF_STEP the chart has no Chart.lock',
  )
})

test('archives that are out of date go, those that nobody declared a repository for stay', async () => {
  const path = chart('parent', [{ name: 'db', version: '~1.0' }])
  await update(path)
  writeFileSync(join(path, 'charts', 'mine-1.0.0.tgz'), archiveOf('mine'))
  writeChart(path, {
    'Chart.yaml': chartYaml(
      'parent',
      `${declare([{ name: 'db', version: '~1.1' }])}- name: mine\n  version: 1.0.0\n`,
    ),
  })
  const { removed } = await update(path)
  expect(removed).toEqual(['db-1.0.0.tgz'])
  expect(readdirSync(join(path, 'charts'))).toEqual(['db-1.1.0.tgz', 'mine-1.0.0.tgz'])
})

test('a lock that is a link is not written through', async () => {
  const path = chart('parent', [{ name: 'db' }])
  const victim = join(folder, 'victim')
  writeFileSync(victim, '')
  symlinkSync(victim, join(path, 'Chart.lock'))
  expect(await failureOf(update(path))).toBe(
    `ARCHIVE_UNSAFE the Chart.lock file is a symlink to "${victim}"`,
  )
  expect([readFileSync(victim, 'utf8'), readdirSync(join(path, 'charts'))]).toEqual(['', []])
})

class Killed extends Error {}

/** Files that end the run before their n-th step. */
function killedAt(step: number) {
  let left = step
  return openFiles((_step, _path, run) => {
    if (left-- <= 0) throw new Killed()
    return run()
  })
}

test.each(['ENOSPC', 'EIO', 'EROFS', 'EACCES'])(
  'with %s at any step charts/ is as it was, or the next run finishes',
  async (code) => {
    const old = { name: 'db-1.0.0.tgz', bytes: archiveOf('db') }
    const next = ['db', 'web'].map((name) => ({
      name: `${name}-1.1.0.tgz`,
      bytes: archiveOf(name, '', {}, '1.1.0'),
    }))
    const lock = { name: 'Chart.lock', text: 'digest: new\n' }
    for (let at = 1, isRefused = true; isRefused; at++) {
      const path = chart(`parent${at}`, [{ name: 'db' }])
      const charts = join(path, 'charts')
      await saveDependencies(path, { archives: [old], kept: new Set(), lock: undefined })
      const { files } = refusingFiles(at, code)
      const update = { archives: next, kept: new Set<string>(), lock }
      const failure = await failureOf(saveDependencies(path, update, files))
      isRefused = failure !== 'no failure'
      if (isRefused) expect(failure).toContain(`${code} ${code}: refused by the test`)
      await failureOf(openChartFolder(path))
      const left = readdirSync(charts).filter((name) => !name.endsWith('.lock'))
      const hasLock = existsSync(join(path, 'Chart.lock'))
      expect(['db-1.0.0.tgz false', 'db-1.1.0.tgz,web-1.1.0.tgz true']).toContain(
        `${left.join()} ${hasLock}`,
      )
    }
  },
)

const STAGED = `.db.tgz.${'a'.repeat(24)}.tmp`

test.each([
  { what: 'a removal elsewhere', journal: { moves: [], removals: ['/precious'] } },
  { what: 'a removal above', journal: { moves: [], removals: ['../precious'] } },
  { what: 'a move from elsewhere', journal: { moves: [['/precious', 'db.tgz']], removals: [] } },
  { what: 'a move to elsewhere', journal: { moves: [[STAGED, '../db.tgz']], removals: [] } },
  { what: 'a move of a chart', journal: { moves: [['db.tgz', 'web.tgz']], removals: [] } },
  { what: 'a removal of a hidden file', journal: { removals: ['.git'] } },
  { what: 'another lock', journal: { lock: { name: '../x', text: '' } } },
  { what: 'no map', journal: [] },
])('a journal with $what, which came with a chart, is refused', async ({ journal }) => {
  const path = chart('parent', [{ name: 'db' }])
  const file = join(path, 'charts/.kubectl-pkg-dependencies.json')
  mkdirSync(join(path, 'charts'))
  const precious = join(path, 'precious')
  writeFileSync(precious, 'x')
  writeFileSync(file, JSON.stringify(journal).replaceAll('/precious', precious))
  expect(await failureOf(update(path))).toBe(
    `CHART_INVALID ${file} is not what a run of this program leaves behind`,
  )
  expect(existsSync(precious)).toBe(true)
})

test('a run that is killed at any step leaves old, new, or what the next run finishes', async () => {
  const old = { name: 'db-1.0.0.tgz', bytes: archiveOf('db') }
  const next = {
    name: 'db-1.1.0.tgz',
    bytes: archiveOf('db', '', {}, '1.1.0'),
  }
  const outcomes = new Set<string>()
  for (let step = 0; ; step++) {
    const path = chart(`parent${step}`, [{ name: 'db' }])
    await saveDependencies(path, { archives: [old], kept: new Set(), lock: undefined })
    const lock = { name: 'Chart.lock', text: 'digest: new\n' }
    let isKilled = false
    try {
      await saveDependencies(path, { archives: [next], kept: new Set(), lock }, killedAt(step))
    } catch (error) {
      if (!(error instanceof Killed)) throw error
      isKilled = true
    }
    // The lock of a run that was killed is taken over once it is seen to be stale.
    rmSync(join(path, 'charts', '.kubectl-pkg-dependencies.lock'), { force: true })
    const found = readdirSync(join(path, 'charts')).filter((name) => !name.startsWith('.'))
    expect(found.length).toBeLessThanOrEqual(1)
    await failureOf(openChartFolder(path))
    const settled = readdirSync(join(path, 'charts')).filter((name) => !name.startsWith('.'))
    const hasLock = existsSync(join(path, 'Chart.lock'))
    outcomes.add(`${settled.join()} ${hasLock}`)
    if (!isKilled) break
  }
  expect([...outcomes].sort()).toEqual(['db-1.0.0.tgz false', 'db-1.1.0.tgz true'])
})

test('an empty list gets the lock that Helm writes, and empties charts/', async () => {
  const path = chart('app', [{ name: 'db' }])
  await update(path)
  writeFileSync(join(path, 'Chart.yaml'), chartYaml('app', 'dependencies: []\n'))
  const result = await update(path)
  expect(result).toEqual({ dependencies: [], removed: ['db-1.1.0.tgz'], isLockNew: true })
  // As Helm 4.1.4 writes it, apart from the time.
  expect(readFileSync(join(path, 'Chart.lock'), 'utf8')).toBe(
    'dependencies: []\ndigest: sha256:643d5437104296e21d906ecb15b2c96ad278f20cfc4af53b12bb6069bd853726\ngenerated: "2026-01-02T03:04:05Z"\n',
  )
  await build(path)
  expect(tree(path)).toEqual([])
})

test('without a list of dependencies nothing is written', async () => {
  const path = writeChart(join(folder, 'bare'), { 'Chart.yaml': chartYaml('bare') })
  await update(path)
  expect(readdirSync(path)).toEqual(['Chart.yaml'])
})

test.each([
  { version: "'x y'", why: 'improper constraint: x y' },
  { version: "''", why: 'improper constraint: ' },
])('the range $version is refused with the name of its dependency', async ({ version, why }) => {
  expect(await failureOf(update(chart('app', [{ name: 'db', version }])))).toBe(
    `VERSION_NOT_FOUND dependency "db" has an invalid version/constraint format: ${why}`,
  )
})

test('a folder that holds another chart is refused', async () => {
  writeChart(join(folder, 'other'), { 'Chart.yaml': chartYaml('other') })
  const path = chart('app', [{ name: 'db', repository: 'file://../other' }])
  expect(await failureOf(update(path))).toBe(
    'DEPENDENCY_CONFLICT app → db: the folder of db holds the chart "other"',
  )
})

test('charts of different names may have archives of one name', async () => {
  offer(server, [{ name: 'db', archive: archiveOf('db'), url: 'a/chart.tgz' }])
  server.files.set('/a/chart.tgz', archiveOf('db'))
  const other = await startRepository('127.0.0.2')
  offer(other, [{ name: 'web', archive: archiveOf('web'), url: 'b/chart.tgz' }])
  other.files.set('/b/chart.tgz', archiveOf('web'))
  const path = chart('app', [{ name: 'db' }, { name: 'web', repository: other.url }])
  await update(path)
  await other.close()
  expect(tree(path)).toEqual(['db 1.0.0', 'web 1.0.0'])
})

test('one version of a chart from two repositories must be the same bytes', async () => {
  const other = await startRepository('127.0.0.2')
  offer(other, [{ name: 'db', archive: archiveOf('db', 'description: forged\n') }])
  const path = chart('app', [
    { name: 'db', version: '1.0.0', alias: 'one' },
    { name: 'db', version: '1.0.0', alias: 'two', repository: other.url },
  ])
  expect(await failureOf(update(path))).toBe(
    'DEPENDENCY_CONFLICT two repositories have other bytes for db 1.0.0, and charts/ can hold one of them',
  )
  offer(other, [{ name: 'db', archive: archiveOf('db') }])
  await update(path)
  await other.close()
  expect(tree(path)).toEqual(['db 1.0.0'])
})

test('an archive in the cache does not get around a rule for archives', async () => {
  const path = chart('app', [{ name: 'db' }])
  await update(path)
  const file = join(folder, 'policy.yaml')
  writeFileSync(
    file,
    `rules:\n- match: ${server.url}/db-*.tgz\n  provenance: {keyring: none.gpg}\n`,
  )
  const guarded = { ...site, policy: openTrustPolicy(file, () => 0) }
  expect(await failureOf(buildDependencies(request(path), guarded))).toBe(
    `PROVENANCE_FAILED failed to fetch provenance "${server.url}/db-1.1.0.tgz.prov"`,
  )
})
