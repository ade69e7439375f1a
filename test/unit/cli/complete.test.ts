import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addRepository } from '../../../src/actions/repositories.ts'
import { complete, type CompletionSettings } from '../../../src/cli/complete.ts'
import { archiveOf, offer, siteAt } from '../../support/chart-site.ts'
import { startRepository } from '../../support/fake-repository.ts'

const root = join(import.meta.dirname, '../../..')
let target: string
let settings: CompletionSettings

beforeEach(() => {
  target = mkdtempSync(join(tmpdir(), 'kubectl-pkg-complete-'))
  const records = join(target, '.kubectl-pkg/releases/default')
  mkdirSync(records, { recursive: true })
  for (const name of ['web.v1', 'web.v2', 'api.v1']) writeFileSync(join(records, name), '')
  settings = {
    root,
    env: { KUBECTL_PKG_TARGET: `dir:${target}`, HOME: target },
    charts: {
      repositoriesFile: join(target, 'config', 'repositories.yaml'),
      indexFolder: join(target, 'cache', 'repositories'),
      addonsFolder: join(root, 'charts'),
    },
  }
})
afterEach(() => rmSync(target, { recursive: true }))

async function linesOf(...words: string[]): Promise<string[]> {
  return (await complete(words, settings)).split('\n').slice(0, -1)
}

// The protocol is cobra's: candidates with descriptions, then the sum of 2 (no space) and 4 (no files).
test.each([
  { words: ['hi'], lines: ['history\tList the revisions of a release, the oldest first.', ':4'] },
  { words: ['list', '-o', ''], lines: ['table', 'json', 'yaml', ':4'] },
  { words: ['install', 'web', '--values', ''], lines: [':0'] },
  { words: ['lint', ''], lines: [':0'] },
  { words: ['template', './'], lines: [':0'] },
  { words: ['template', 'oci://x'], lines: [':0'] },
  { words: ['status', ''], lines: ['api', 'web', ':4'] },
  { words: ['get', 'values', 'w'], lines: ['web', ':4'] },
  { words: ['nothing', ''], lines: [':4'] },
  { words: ['list', '--output=j'], lines: ['json', ':4'] },
  { words: ['list', '--output='], lines: ['table', 'json', 'yaml', ':4'] },
  { words: ['completion', ''], lines: ['bash', 'zsh', 'fish', 'powershell', ':4'] },
  { words: ['completion', 'bash', ''], lines: [':4'] },
  { words: ['list', '--target', 'd'], lines: ['dir:\tA folder of manifests: dir:PATH.', ':2'] },
  { words: ['list', '--target', 'dir:'], lines: [':0'] },
])('$words', async ({ words, lines }) => {
  expect(await linesOf(...words)).toEqual(lines)
})

test.each([
  { words: ['rollback', 'web', ''], lines: ['2', '1', ':4'] },
  { words: ['status', 'web', '--revision', ''], lines: ['2', '1', ':4'] },
  { words: ['get', 'all', 'api', '--revision', ''], lines: ['1', ':4'] },
  { words: ['rollback', 'nothing', ''], lines: [':4'] },
  { words: ['uninstall', 'web', 'a'], lines: ['api', ':4'] },
  { words: ['test', 'w'], lines: ['web', ':4'] },
  { words: ['drift', '--target', 'dir:nowhere', ''], lines: [':4'] },
  { words: ['status', '--nothing', ''], lines: [':4'] },
])('releases and revisions: $words', async ({ words, lines }) => {
  expect(await linesOf(...words)).toEqual(lines)
})

test.each([
  { what: 'without a kubeconfig', kubeconfig: '/nowhere' },
  { what: 'with one that is broken', kubeconfig: 'broken' },
  { what: 'without a server behind it', kubeconfig: 'unreachable' },
])('$what there are no names', async ({ kubeconfig }) => {
  writeFileSync(join(target, 'broken'), 'clusters: [')
  const cluster = { server: 'https://127.0.0.1:1' }
  writeFileSync(
    join(target, 'unreachable'),
    JSON.stringify({
      clusters: [{ name: 'a', cluster }],
      contexts: [{ name: 'a', context: { cluster: 'a' } }],
      'current-context': 'a',
    }),
  )
  const env = { HOME: target, KUBECONFIG: join(target, kubeconfig) }
  settings = { ...settings, env }
  expect(await linesOf('status', '')).toEqual([':4'])
  expect(await linesOf('rollback', 'web', '')).toEqual([':4'])
})

test('charts and versions come out of the indexes that were fetched, and nobody is asked', async () => {
  const server = await startRepository()
  const archive = archiveOf('web')
  offer(server, [
    { name: 'web', version: '1.0.0', archive },
    { name: 'web', version: '2.1.0', archive },
    { name: 'worker', archive },
    { name: 'db', archive },
  ])
  const site = siteAt(target)
  for (const name of ['corp', 'mirror']) {
    const repository = { name, url: server.url }
    await addRepository({ repository, force: false, allowDeprecated: false }, site)
  }
  await server.close()

  expect(await linesOf('pull', '')).toEqual(['addons/', 'corp/', 'mirror/', ':2'])
  expect(await linesOf('pull', 'm')).toEqual(['mirror/', ':2'])
  expect(await linesOf('install', 'web', 'corp/')).toEqual([
    'corp/db',
    'corp/web',
    'corp/worker',
    ':0',
  ])
  expect(await linesOf('show', 'values', 'corp/w')).toEqual(['corp/web', 'corp/worker', ':0'])
  expect(await linesOf('template', '-n', 'x', 'addons/cert')).toEqual(['addons/cert-manager', ':0'])
  expect(await linesOf('upgrade', '')).toEqual(['api', 'web', ':4'])
  expect(await linesOf('upgrade', 'api', 'co')).toEqual(['corp/', ':2'])
  expect(await linesOf('upgrade', 'api', 'corp/web', '--version', '')).toEqual([
    '2.1.0',
    '1.0.0',
    ':4',
  ])
  expect(await linesOf('pull', 'corp/nothing', '--version', '')).toEqual([':4'])
  expect(await linesOf('repo', 'update', 'corp', 'm')).toEqual(['mirror', ':4'])
  expect(await linesOf('publish', './web', 'c')).toEqual(['corp', ':0'])
  expect(await linesOf('outdated', '--from', '')).toEqual(['corp', 'mirror', ':4'])
  expect(await linesOf('outdated', '')).toEqual(['api', 'web', 'addons/', 'corp/', 'mirror/', ':2'])
})

test('where nothing was fetched, or what was is damaged, there are no words and no complaints', async () => {
  const { repositoriesFile, indexFolder } = settings.charts
  expect(await linesOf('pull', '')).toEqual(['addons/', ':2'])
  expect(await linesOf('pull', 'corp/')).toEqual([':0'])
  mkdirSync(join(repositoriesFile, '..'))
  writeFileSync(repositoriesFile, 'repositories: [{name: corp, url: "http://127.0.0.1:1"}]')
  expect(await linesOf('pull', 'corp/')).toEqual([':0'])
  mkdirSync(indexFolder, { recursive: true, mode: 0o777 })
  writeFileSync(repositoriesFile, '{')
  expect(await linesOf('pull', '')).toEqual(['addons/', ':2'])
  expect(readdirSync(indexFolder)).toEqual([])
})
