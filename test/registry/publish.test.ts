import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import DependencyBuild from '../../src/commands/dependency/build.ts'
import DependencyUpdate from '../../src/commands/dependency/update.ts'
import Publish from '../../src/commands/publish.ts'
import Tags from '../../src/commands/tags.ts'
import { sha256 } from '../../src/base/digest.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { runHelm } from '../support/oracle.ts'
import { startRegistry, type RealRegistry } from '../support/real-registry.ts'
import { runCli, type CommandClass } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/* Publishing to a real registry, and dependencies that are fetched from it. */

let registry: RealRegistry
let home: string
let target: string
let count = 0

beforeAll(async () => {
  registry = await startRegistry({ tls: true, users: { ann: 'correct horse' } })
  home = temporaryFolder()
})
afterAll(() => registry.stop())
beforeEach(() => {
  target = `oci://${registry.host}/test-${count++}`
})

function access(): string[] {
  return ['--ca-file', registry.caFile, '--username', 'ann', '--password', 'correct horse']
}

/** Runs a command with a cache of its own and gives all that it said. */
async function run(command: CommandClass, argv: string[]) {
  const env = { HOME: join(home, `home-${count}`) }
  const { code, stdout, stderr } = await runCli(command, [...argv, ...access()], { env })
  return { code, stdout: stdout.toString(), stderr }
}

/** Publishes charts: outcomes by chart, or the code of the refusal. */
async function publish(charts: string[], ...flags: string[]) {
  const { code, stdout, stderr } = await run(Publish, [...charts, target, '-o', 'json', ...flags])
  if (code !== 0) return `${code} ${/"message":"([^"]*)/.exec(stderr)?.[1]}`
  const results = JSON.parse(stdout) as { name: string; version: string; outcome: string }[]
  return results.map(({ name, version, outcome }) => `${name} ${version} ${outcome}`)
}

function chart(name: string, { version = '1.0.0', more = '' } = {}): string {
  return writeChart(join(home, `${count}`, `${name}-${version}-${more.length}`, name), {
    'Chart.yaml': chartYaml(name, more).replace('1.0.0', version),
    'templates/config.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n',
  })
}

/** An entry of `dependencies` for a chart that is published in the target of the test. */
function wants(name: string, version: string): string {
  return `- {name: ${name}, version: "${version}", repository: "${target}"}\n`
}

function archivesIn(folder: string): Record<string, string> {
  const charts = join(folder, 'charts')
  const names = readdirSync(charts).filter((name) => name.endsWith('.tgz'))
  return Object.fromEntries(names.map((name) => [name, sha256(readFileSync(join(charts, name)))]))
}

const tagsOf = async (name: string) => (await run(Tags, [`${target}/${name}`])).stdout.split('\n')

test('folders are published, and Helm pulls them with the digest that was told', async () => {
  expect(await publish([chart('web'), chart('db', { version: '2.0.0+build.1' })])).toEqual([
    'web 1.0.0 published',
    'db 2.0.0+build.1 published',
  ])
  const [described] = JSON.parse(
    (await run(Publish, [chart('web'), target, '-o', 'json'])).stdout,
  ) as [{ digest: string; location: string }]
  expect(described.location).toBe(`${target}/web:1.0.0`)
  const folder = join(home, 'helm-pulls')
  mkdirSync(folder)
  const helm = runHelm(['pull', `${target}/web@${described.digest}`, '-d', folder, ...access()])
  expect({ code: helm.code, files: readdirSync(folder) }).toMatchObject({ code: 0 })
  const db = runHelm(['show', 'chart', `${target}/db`, '--version', '2.0.0+build.1', ...access()])
  expect(db.stdout).toContain('version: 2.0.0+build.1')
})

test('the same bytes are left, other bytes are refused before anything is pushed', async () => {
  expect(await publish([chart('web')])).toEqual(['web 1.0.0 published'])
  expect(await publish([chart('web')])).toEqual(['web 1.0.0 unchanged'])
  const other = chart('web', { more: 'description: other\n' })
  expect(await publish([chart('db'), other])).toBe('4 web 1.0.0 is published already')
  expect(await publish([chart('db')], '--dry-run')).toEqual(['db 1.0.0 published'])
  expect(await tagsOf('db')).not.toContain('1.0.0')
  expect(await publish([chart('db'), other], '--force')).toEqual([
    'db 1.0.0 published',
    'web 1.0.0 replaced',
  ])
  expect(await tagsOf('db')).toContain('1.0.0')
})

test('what Helm pushed counts as published', async () => {
  const folder = chart('web')
  const packed = join(home, 'packed-by-helm')
  runHelm(['package', folder, '-d', packed])
  const archive = join(packed, 'web-1.0.0.tgz')
  expect(runHelm(['push', archive, target, ...access()]).code).toBe(0)
  expect(await publish([archive])).toEqual(['web 1.0.0 unchanged'])
})

test('dependencies come from the registry, by range, and Helm accepts the lock', async () => {
  await publish([chart('common', { version: '1.1.0' }), chart('common', { version: '1.2.0' })])
  const db = chart('db', { more: `dependencies:\n${wants('common', '1.1.0')}` })
  expect(await run(DependencyUpdate, [db])).toMatchObject({ code: 0 })
  expect(await publish([db])).toEqual(['db 1.0.0 published'])
  const more = `dependencies:\n${wants('common', '^1.1')}${wants('db', '1.x')}`
  const web = chart('web', { more })

  expect(await run(DependencyUpdate, [web])).toMatchObject({ code: 0 })
  const archives = archivesIn(web)
  expect(Object.keys(archives)).toEqual(['common-1.2.0.tgz', 'db-1.0.0.tgz'])

  const helm = runHelm(['dependency', 'build', web, ...access()])
  expect({ code: helm.code, stderr: helm.stderr }).toMatchObject({ code: 0 })
  expect(archivesIn(web)).toEqual(archives)
  expect(await run(DependencyBuild, [web])).toMatchObject({ code: 0 })
  expect(archivesIn(web)).toEqual(archives)
})

test('a lock of Helm is built from the registry', async () => {
  await publish([chart('common', { version: '1.1.0' })])
  const web = chart('web', { more: `dependencies:\n${wants('common', '~1.1')}` })
  const helm = runHelm(['dependency', 'update', web, ...access()])
  expect({ code: helm.code, stderr: helm.stderr }).toMatchObject({ code: 0 })
  await publish([chart('common', { version: '1.1.9' })])

  expect(await run(DependencyBuild, [web])).toMatchObject({ code: 0 })
  expect(Object.keys(archivesIn(web))).toEqual(['common-1.1.0.tgz'])
})
