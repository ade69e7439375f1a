import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadChartArchive } from '../../../src/chart/archive.ts'
import BundleApply from '../../../src/commands/bundle/apply.ts'
import BundleCreate from '../../../src/commands/bundle/create.ts'
import Create from '../../../src/commands/create.ts'
import DependencyUpdate from '../../../src/commands/dependency/update.ts'
import Lint from '../../../src/commands/lint.ts'
import Package from '../../../src/commands/package.ts'
import Publish from '../../../src/commands/publish.ts'
import Template from '../../../src/commands/template.ts'
import Upgrade from '../../../src/commands/upgrade.ts'
import { chartYaml, writeChart } from '../../support/chart-builder.ts'
import { runCli } from '../../support/run-cli.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/*
 * The folder of a pipeline is often that of the chart, and what is to be kept for its next run has
 * to be in there.
 */
const OWN = '.cache/own'

function pipeline() {
  const folder = writeChart(join(temporaryFolder(), 'web'), {
    'Chart.yaml': chartYaml(),
    'values.yaml': '',
    'templates/a.yaml': '# {{ range $path, $_ := .Files.Glob "**" }}{{ $path }} {{ end }}\n',
    '.cache/mine.txt': 'x',
    [`${OWN}-not/b.txt`]: 'x',
    [`${OWN}/code/0.1.0/start`]: 'x',
    'config/registry.json': '{"auths":{}}',
    'data/plugins/package.json': '{}',
  })
  const env = {
    KUBECTL_PKG_CACHE_HOME: join(folder, OWN),
    KUBECTL_PKG_CONFIG_HOME: join(folder, 'config'),
    KUBECTL_PKG_DATA_HOME: join(folder, 'data'),
  }
  const out = join(folder, '..', 'out')
  mkdirSync(out)
  return { folder, env, out }
}

const LEFT = ['.cache/mine.txt', '.cache/own-not/b.txt']

function filesIn(archive: string): string[] {
  const { raw } = loadChartArchive(readFileSync(archive), { origin: archive })
  return raw.map(({ name }) => name).filter((name) => !/^(?:Chart|values|templates)/.test(name))
}

test('what the program keeps within a chart is no part of it', async () => {
  const { folder, env, out } = pipeline()
  const { stdout } = await runCli(Template, ['web', folder], { env })
  expect(String(stdout)).toContain(`# ${LEFT.join(' ')}\n`)
  await runCli(Package, [folder, '--destination', out], { env })
  expect(filesIn(join(out, 'web-1.0.0.tgz'))).toEqual(LEFT)
})

test('nor is it published', async () => {
  const { folder, env, out } = pipeline()
  const { code, stderr } = await runCli(Publish, [folder, out], { env })
  expect([code, stderr]).toEqual([0, ''])
  expect(filesIn(join(out, 'web-1.0.0.tgz'))).toEqual(LEFT)
})

test('nor is it put into a bundle', async () => {
  const { folder, env, out } = pipeline()
  const file = join(out, 'web.tar')
  const created = await runCli(BundleCreate, [folder, '--file', file], { env })
  expect([created.code, created.stderr]).toEqual([0, ''])
  await runCli(BundleApply, [file, out], { env })
  expect(filesIn(join(out, 'web-1.0.0.tgz'))).toEqual(LEFT)
})

test('nor into charts/ of a chart that depends on it', async () => {
  const { folder, env, out } = pipeline()
  const parent = writeChart(join(out, 'shop'), {
    'Chart.yaml': `${chartYaml('shop')}dependencies:\n  - {name: web, version: 1.0.0, repository: "file://${folder}"}\n`,
  })
  const { code, stderr } = await runCli(DependencyUpdate, [parent], { env })
  expect([code, stderr]).toEqual([0, ''])
  expect(filesIn(join(parent, 'charts', 'web-1.0.0.tgz'))).toEqual(LEFT)
})

test('nor do templates meet it where a chart is checked', async () => {
  const { folder, env } = pipeline()
  const template = '{{ if .Files.Get "config/registry.json" }}a: b: c{{ end }}\n'
  writeFileSync(join(folder, 'templates/a.yaml'), template)
  const { code, stdout } = await runCli(Lint, [folder], { env })
  expect([code, String(stdout)]).toEqual([
    0,
    `==> Linting ${folder}\n[INFO] Chart.yaml: icon is recommended\n\n1 chart(s) linted, 0 chart(s) failed\n`,
  ])
})

test('nor is it copied from a starter', async () => {
  const { folder, env, out } = pipeline()
  await runCli(Create, [join(out, 'new'), '--starter', folder], { env })
  const { stdout } = await runCli(Template, ['web', join(out, 'new')])
  expect(String(stdout)).toContain(`# ${LEFT.join(' ')}\n`)
})

test('nor is it checked among the manifests of a folder', async () => {
  const folder = temporaryFolder()
  const env = { KUBECTL_PKG_CONFIG_HOME: join(folder, 'config') }
  mkdirSync(join(folder, 'config'))
  writeFileSync(join(folder, 'config/repositories.yaml'), 'repositories: []\n')
  writeFileSync(
    join(folder, 'a.yaml'),
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\n',
  )
  const { code, stdout } = await runCli(Lint, ['.', '--apis'], { env, cwd: folder })
  expect([code, String(stdout)]).toEqual([
    0,
    '==> Linting a.yaml\n\n1 chart(s) linted, 0 chart(s) failed\n',
  ])
})

test('nor are releases that a folder in it is the target of', async () => {
  const { folder, out } = pipeline()
  const target = join(folder, 'deploy', 'here')
  const apply = () => runCli(Upgrade, ['web', folder, '--install', '--target', `dir:${target}`])
  await apply()
  await apply()
  expect(readdirSync(join(target, '.kubectl-pkg/releases/default'))).toEqual(['web.v1'])
  await runCli(Package, [folder, '--destination', out])
  const files = filesIn(join(out, 'web-1.0.0.tgz'))
  expect(files.filter((name) => name.startsWith('deploy/'))).toEqual([])
})

test('a chart in the folder that is the target is without the records', async () => {
  const { folder } = pipeline()
  writeChart(folder, { '.kubectl-pkg/releases/default/web.v1': 'x', 'default/a.yaml': 'x' })
  const { stdout } = await runCli(Template, ['web', folder])
  expect(String(stdout)).not.toContain('.kubectl-pkg/')
  expect(String(stdout)).toContain('default/a.yaml')
})
