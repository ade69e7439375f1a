import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRepository, type FakeRepository } from '../support/fake-repository.ts'
import { runHelmClient } from '../support/helm-client.ts'
import { runLine } from '../support/run-line.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/* Both programs search the same repositories and the same hub, and print the same. */

let corp: FakeRepository
let other: FakeRepository
let home: string

interface Listed {
  name: string
  version: string
  appVersion?: string
  description?: string
  keywords?: string[]
}

const indexOf = (charts: readonly Listed[]): string => {
  const entries: Record<string, object[]> = {}
  for (const chart of charts) {
    const urls = [`${chart.name}-${chart.version}.tgz`]
    ;(entries[chart.name] ??= []).push({ apiVersion: 'v2', ...chart, urls, digest: 'a'.repeat(64) })
  }
  return JSON.stringify({ apiVersion: 'v1', generated: '2026-01-02T03:04:05Z', entries })
}

const LONG = 'A web server whose description goes on for longer than any column may be wide'
const HUB = {
  data: [
    {
      id: 'acme/web',
      attributes: {
        name: 'web',
        description: LONG,
        repo: { name: 'acme', url: 'https://charts.acme.example' },
      },
      artifactHub: { packageUrl: 'https://hub.example/packages/helm/acme/web' },
      relationships: { latestChartVersion: { data: { version: '1.2.3', app_version: '9' } } },
    },
    {
      id: 'old/web',
      attributes: {
        name: 'web',
        description: 'Old',
        repo: { name: 'old', url: 'http://o.example' },
      },
      relationships: { latestChartVersion: { data: { version: '0.1.0', app_version: '' } } },
    },
  ],
}

beforeAll(async () => {
  home = temporaryFolder()
  corp = await startRepository()
  other = await startRepository('127.0.0.2')
  corp.files.set(
    '/index.yaml',
    indexOf([
      { name: 'web', version: '1.0.0', appVersion: '8', description: 'Older' },
      { name: 'web', version: '1.10.0', appVersion: '"9"', description: LONG },
      { name: 'web', version: '2.0.0-rc.1', description: 'Next' },
      { name: 'webhook', version: '0.1.0', description: 'Hooks', keywords: ['event', 'http'] },
      { name: 'db', version: '5.0.0', description: 'Keeps what web servers know' },
      { name: 'cache', version: '1.0.0', keywords: ['web', 'fast'] },
      { name: 'next', version: '1.0.0-alpha' },
    ]),
  )
  other.files.set(
    '/index.yaml',
    indexOf([
      { name: 'web', version: '3.0.0', description: 'Ünïcode' },
      { name: 'tool', version: 'v1.2.3', description: 'With a v' },
    ]),
  )
  const answer = JSON.stringify(HUB)
  corp.files.set('/api/chartsvc/v1/charts/search', answer)
  for (const [name, { url }] of Object.entries({ corp, other })) {
    mkdirSync(join(home, 'helm'), { recursive: true })
    expect(await runHelmClient(['repo', 'add', name, url], join(home, 'helm'))).toMatchObject({
      code: 0,
    })
    expect(await ours(['repo', 'add', name, url])).toMatchObject({ code: 0 })
  }
})
afterAll(() => Promise.all([corp.close(), other.close()]))

async function ours(argv: readonly string[]) {
  const env = { HOME: home, KUBECTL_PKG_CONFIG_HOME: home, KUBECTL_PKG_CACHE_HOME: home }
  const { code, stdout } = await runLine(argv, { env, cwd: home })
  // Helm has no add-ons.
  const lines = stdout.toString().split('\n')
  return { code, stdout: lines.filter((line) => !line.startsWith('addons/')).join('\n') }
}

async function theirs(argv: readonly string[]) {
  const { code, stdout } = await runHelmClient(argv, join(home, 'helm'))
  return { code, stdout }
}

/** Columns without what makes them as wide as the add-ons need. */
const squeezed = ({ code, stdout }: { code: number; stdout: string }) => ({
  code,
  stdout: stdout.replaceAll(/ +(?=\t|$)/gm, ''),
})

test.each([
  'corp/',
  'web --max-col-width 20',
  'web --max-col-width 0',
  'web --versions',
  'web -l --devel',
  'corp/web --version ^1',
  'web --version >=1.5',
  'corp/web -l --version 1.x',
  'WEB servers',
  'corp/next',
  'corp/next --devel',
  'other/tool',
  '--regexp other/(web|tool)',
  '-r Ünï',
  '-r ^corp/',
  '-r [',
  'corp/nothing',
  'corp/nothing --fail-on-no-result',
  'web --version nonsense',
  'corp/web -o json',
  'corp/web -l -o yaml',
])('search repo %s', async (words) => {
  const line = ['search', 'repo', ...words.split(' ')]
  expect(squeezed(await ours(line))).toEqual(squeezed(await theirs(line)))
})

test.each([
  'web',
  'web server --list-repo-url',
  '--max-col-width 20',
  'web -o json',
  'web -o yaml --list-repo-url',
])('search hub %s', async (words) => {
  const line = ['search', 'hub', '--endpoint', corp.url, ...words.split(' ')]
  const asked = () => corp.seen.at(-1)?.url
  const wanted = { ...(await theirs(line)), asked: asked() }
  expect({ ...(await ours(line)), asked: asked() }).toEqual(wanted)
})

test('a hub that answers something else, or nothing, fails as with Helm', async () => {
  const bad = ['search', 'hub', 'web', '--endpoint', other.url]
  expect((await ours(bad)).code).not.toBe(0)
  expect((await theirs(bad)).code).not.toBe(0)
})
