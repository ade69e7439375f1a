import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  addRepository,
  importRepositories,
  removeRepositories,
  updateRepositories,
} from '../../../src/actions/repositories.ts'
import { changeRepositories, loadRepositories } from '../../../src/repo/repositories.ts'
import { archiveOf, failureOf, offer, siteAt, type TestSite } from '../../support/chart-site.ts'
import { startRepository, type FakeRepository } from '../../support/fake-repository.ts'
import { runHelmClient } from '../../support/helm-client.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

let server: FakeRepository
let folder: string
let site: TestSite
beforeEach(async () => {
  server = await startRepository()
  folder = temporaryFolder()
  site = siteAt(folder)
  offer(server, [{ name: 'web', archive: archiveOf('web') }])
})
afterEach(() => server.close())

const add = (name: string, more = {}) =>
  addRepository(
    { repository: { name, url: server.url, ...more }, force: false, allowDeprecated: false },
    site,
  )

async function names(): Promise<string[]> {
  return (await loadRepositories(site.repositoriesFile)).map(({ name }) => name)
}

test('what is added can be read by its owner alone, by us and by Helm', async () => {
  await add('corp', { username: 'me', password: 'secret', token: 'canary' })
  expect((statSync(site.repositoriesFile).mode & 0o777).toString(8)).toBe('600')
  expect((statSync(dirname(site.repositoriesFile)).mode & 0o777).toString(8)).toBe('700')
  expect(await loadRepositories(site.repositoriesFile)).toMatchObject([
    { name: 'corp', url: server.url, username: 'me', password: 'secret', token: 'canary' },
  ])
  const { stdout } = await runHelmClient(
    ['repo', 'list', '-o', 'json', '--repository-config', site.repositoriesFile],
    join(folder, 'helm'),
  )
  expect(JSON.parse(stdout)).toEqual([{ name: 'corp', url: server.url }])
})

test('twenty runs that add at once lose nothing', async () => {
  const wanted = Array.from({ length: 20 }, (_, at) => `corp-${String(at).padStart(2, '0')}`)
  await Promise.all(wanted.map((name) => add(name)))
  expect((await names()).sort()).toEqual(wanted)
})

test('the same again changes nothing, another address is refused', async () => {
  await add('corp')
  expect(await add('corp')).toBe('unchanged')
  expect(await failureOf(add('corp', { username: 'me' }))).toBe(
    'REPOSITORY_EXISTS repository name (corp) already exists, please specify a different name',
  )
})

test('a repository without an index that can be used is not added', async () => {
  server.files.set('/index.yaml', '<html>')
  expect(await failureOf(add('corp'))).toContain(
    `INDEX_INVALID looks like "${server.url}" is not a valid chart repository or cannot be reached: `,
  )
  expect(await names()).toEqual([])
})

test.each([
  {
    name: 'a/b',
    want: "USAGE repository name (a/b) contains '/', please specify a different name without '/'",
  },
  { name: 'addons', want: 'USAGE repository name (addons) cannot be used' },
])('a repository cannot be called $name', async ({ name, want }) => {
  expect(await failureOf(add(name))).toBe(want)
})

test('comments and fields that are not known stay', async () => {
  mkdirSync(dirname(site.repositoriesFile), { recursive: true })
  const before = `# mine
apiVersion: ""
repositories:
- name: old # the first
  url: https://old.example.com
  colour: red
`
  writeFileSync(site.repositoriesFile, before)
  await add('corp')
  const after = readFileSync(site.repositoriesFile, 'utf8')
  expect(after.startsWith(before)).toBe(true)
  await changeRepositories({ path: site.repositoriesFile, home: folder }, async (all) =>
    all.slice(0, 1),
  )
  expect(readFileSync(site.repositoriesFile, 'utf8')).toContain('colour: red')
})

test('a link is followed, and stays a link', async () => {
  const real = join(folder, 'real.yaml')
  writeFileSync(real, '')
  mkdirSync(dirname(site.repositoriesFile), { recursive: true })
  symlinkSync(real, site.repositoriesFile)
  await add('corp')
  expect(readFileSync(real, 'utf8')).toContain('name: corp')
  expect(await names()).toEqual(['corp'])
})

test('a link out of the home is not followed', async () => {
  const victim = join(temporaryFolder(), 'victim')
  writeFileSync(victim, '')
  mkdirSync(dirname(site.repositoriesFile), { recursive: true })
  symlinkSync(victim, site.repositoriesFile)
  expect(await failureOf(add('corp'))).toBe(
    `FILE_UNWRITABLE ${site.repositoriesFile} is a link that leaves ${folder}`,
  )
  expect(readFileSync(victim, 'utf8')).toBe('')
})

test('one repository that fails hides none of the others', async () => {
  await add('corp')
  await add('gone', { url: `${server.url}/gone` }).catch(() => undefined)
  await changeRepositories({ path: site.repositoriesFile, home: folder }, async (all) => [
    ...all,
    { name: 'gone', url: `${server.url}/gone` },
  ])
  const results: string[] = []
  const run = updateRepositories([], site, ({ name, outcome }) =>
    results.push(`${name} ${outcome}`),
  )
  expect(await failureOf(run)).toBe(
    `REPOSITORY_UNREACHABLE failed to update the following repositories: [${server.url}/gone]`,
  )
  expect(results.sort()).toEqual(['corp unchanged', 'gone failed'])
})

test('repositories of Helm are taken over', async () => {
  const home = join(folder, 'helm')
  await runHelmClient(['repo', 'add', 'corp', server.url], home)
  const helm = join(home, 'config', 'repositories.yaml')
  expect(await importRepositories(helm, { force: false }, site)).toEqual({
    added: ['corp'],
    known: [],
    differs: [],
  })
  expect(await importRepositories(helm, { force: false }, site)).toEqual({
    added: [],
    known: ['corp'],
    differs: [],
  })
})

const remove = (name: string) => removeRepositories([name], site, () => undefined)
const isIndexKept = async () =>
  (await site.indexes.use({ url: server.url }, () => true)) !== undefined

test('the index of two names of one address is kept until both are removed', async () => {
  await add('one')
  await add('two')
  await remove('one')
  expect(await isIndexKept()).toBe(true)
  await remove('two')
  expect(await isIndexKept()).toBe(false)
})

test('a misspelt name is not removed but proposed', async () => {
  await add('corp')
  await expect(remove('crop')).rejects.toMatchObject({ hint: 'Did you mean "corp"?' })
  await expect(remove('other')).rejects.toMatchObject({
    hint: 'Run "kubectl pkg repo list" to see what is configured.',
  })
  expect(await names()).toEqual(['corp'])
})

test('a name that stands twice is removed twice, as by Helm', async () => {
  await add('corp')
  const twice = `- {name: corp, url: http://127.0.0.2}\n- {name: other, url: http://127.0.0.3}\n`
  writeFileSync(site.repositoriesFile, readFileSync(site.repositoriesFile, 'utf8') + twice)
  await remove('corp')
  expect(await names()).toEqual(['other'])
})

test.each([
  { text: 'repositories: {corp: {url: http://127.0.0.1}}\n', why: '"repositories" is no list' },
  {
    text: 'repositories:\n- {name: corp, url: http://127.0.0.1}\n- other\n',
    why: 'item 2 of "repositories" is no map',
  },
])('what cannot be read is not written over: $why', async ({ text, why }) => {
  mkdirSync(dirname(site.repositoriesFile), { recursive: true })
  writeFileSync(site.repositoriesFile, text)
  expect(await failureOf(add('new'))).toBe(
    `YAML_INVALID cannot read the repositories file ${site.repositoriesFile}: ${why}`,
  )
  expect(readFileSync(site.repositoriesFile, 'utf8')).toBe(text)
})
