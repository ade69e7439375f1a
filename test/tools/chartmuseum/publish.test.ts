import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chartYaml, writeChart } from '../../support/chart-builder.ts'
import { openGpg } from '../../support/gpg.ts'
import { archiveOf } from '../../support/chart-site.ts'
import { runHelmClient } from '../../support/helm-client.ts'
import { runLine } from '../../support/run-line.ts'
import { freePorts } from '../../support/free-ports.ts'
import { eventuallyGiven, start } from '../processes.ts'
import { chartmuseumPrograms } from './programs.mjs'

/* Charts go to the real ChartMuseum, with a login and with repositories for tenants. */

const home = mkdtempSync(join(tmpdir(), 'kubectl-pkg-chartmuseum-'))
let url = ''
beforeAll(async () => {
  const [port = 0] = await freePorts(1)
  mkdirSync(join(home, 'store'))
  const museum = start(chartmuseumPrograms.ensure().chartmuseum, [
    ...['--listen-host', '127.0.0.1', '--port', String(port), '--depth', '1'],
    ...['--storage', 'local', '--storage-local-rootdir', join(home, 'store')],
    ...['--basic-auth-user', 'ann', '--basic-auth-pass', 'correct horse'],
  ])
  url = `http://127.0.0.1:${port}/org`
  await eventuallyGiven(async () => (await answers(port)) || undefined, { programs: [museum] })
})
afterAll(() => rmSync(home, { recursive: true }))

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health`)).ok
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

const LOGIN = ['--username', 'ann', '--password', 'correct horse']

/** Runs a line of ours; gives what it printed, or its exit status and code. */
async function run(...argv: string[]): Promise<string> {
  const env = { HOME: home, KUBECTL_PKG_CONFIG_HOME: home, KUBECTL_PKG_CACHE_HOME: home }
  const { code, stdout, stderr } = await runLine(argv, { env, cwd: home, now: Date.now() })
  return code === 0 ? stdout.toString() : `${code} ${/code: (\w+)/.exec(stderr)?.[1]}`
}

/** Writes an archive of a version and gives its path. */
function archive(version: string, more = ''): string {
  const path = join(home, `web-${version}.tgz`)
  writeFileSync(path, archiveOf('web', more, {}, version))
  return path
}

/** Names of the archives that the server has. */
function stored(): string[] {
  const files = readdirSync(join(home, 'store'), { recursive: true, encoding: 'utf8' })
  return files.filter((file) => file.endsWith('.tgz')).map((file) => basename(file))
}

test('what is published is there for us and for Helm', async () => {
  const path = archive('1.0.0')
  expect(await run('publish', path, url, ...LOGIN, '--dry-run')).toContain('would be published')
  expect(stored()).toEqual([])
  expect(await run('publish', path, url, ...LOGIN)).toMatch(/^web 1\.0\.0 published: http/)

  expect(await run('repo', 'add', 'museum', url, ...LOGIN)).toContain('has been added')
  expect(await run('pull', 'museum/web', '-d', join(home, 'ours'))).toBe('')
  expect(readFileSync(join(home, 'ours', 'web-1.0.0.tgz'))).toEqual(readFileSync(path))
  const helm = await runHelmClient(['pull', 'web', '--repo', url, ...LOGIN], join(home, 'helm'))
  expect(helm).toMatchObject({ code: 0 })
  expect(readFileSync(join(home, 'helm', 'web-1.0.0.tgz'))).toEqual(readFileSync(path))
})

test('a version that is there is left, refused or replaced', async () => {
  const publish = (...more: string[]) => run('publish', archive('2.0.0', more[0]), url, ...LOGIN)
  expect(await publish()).toContain('published')
  expect(await publish()).toContain('web 2.0.0 unchanged')
  expect(await publish('description: other\n')).toBe('4 VERSION_PUBLISHED')
  const path = archive('2.0.0', 'description: other\n')
  expect(await run('publish', path, url, ...LOGIN, '--force')).toContain('web 2.0.0 replaced')
  expect(await run('publish', path, url, ...LOGIN)).toContain('web 2.0.0 unchanged')
})

test('a login that is wrong publishes nothing', async () => {
  const wrong = ['--username', 'ann', '--password', 'battery staple']
  expect(await run('publish', archive('3.0.0'), url, ...wrong)).toBe('7 REPOSITORY_UNREACHABLE')
  expect(stored()).not.toContain('web-3.0.0.tgz')
})

test('a provenance file goes along, and Helm verifies it', async () => {
  const gpg = openGpg()
  try {
    gpg.makeKey('Ann <ann@example.com>')
    const ring = gpg.publicRing('Ann')
    const source = writeChart(join(home, 'web'), { 'Chart.yaml': chartYaml('web') })
    const sign = ['--sign', '--key', 'Ann', '--keyring', gpg.secretRing('Ann')]
    await run('package', source, '--version', '4.0.0', '-d', home, ...sign)
    const path = join(home, 'web-4.0.0.tgz')
    expect(await run('publish', path, url, ...LOGIN)).toContain('published')
    const verified = ['--version', '4.0.0', '--verify', '--keyring', ring]
    const pull = ['pull', 'web', '--repo', url, ...LOGIN, ...verified]
    expect(await runHelmClient(pull, join(home, 'helm'))).toMatchObject({ code: 0 })
    expect(await run(...pull, '-d', join(home, 'ours'))).toContain('Ann <ann@example.com>')
  } finally {
    gpg.close()
  }
})
