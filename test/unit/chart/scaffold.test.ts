import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ChartFile } from '../../../src/chart/chart.ts'
import { loadChartDirectory } from '../../../src/chart/read-directory.ts'
import {
  findStarter,
  scaffoldChart,
  scaffoldFromStarter,
  writeScaffold,
} from '../../../src/chart/scaffold.ts'
import type { ScaffoldEngine } from '../../../src/chart/scaffold-common.ts'
import { chartOf, chartYaml } from '../../support/chart-builder.ts'
import { brokenReferences, podSecurityOffences } from '../../support/gates.ts'
import { oracle, runHelm } from '../../support/oracle.ts'
import { renderAddOn } from '../../support/render-add-on.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

function written(files: readonly ChartFile[], name = 'shop'): string {
  const folder = join(temporaryFolder(), name)
  writeScaffold(folder, files)
  return folder
}

test.each<ScaffoldEngine>(['handlebars', 'gotemplate'])('%s: the chart loads', (engine) => {
  const folder = written(scaffoldChart('shop', engine))
  const chart = loadChartDirectory(folder)
  expect(chart.metadata).toMatchObject({ apiVersion: 'v2', name: 'shop', version: '0.1.0' })
  expect(chart.warnings).toEqual([])
  expect(existsSync(join(folder, 'charts'))).toBe(true)
  const texts = chart.raw.map((file) => Buffer.from(file.data).toString())
  expect(texts.filter((text) => text.includes('<CHARTNAME>'))).toEqual([])
})

test('the default chart has Handlebars templates, the other one none', () => {
  const endings = (engine?: ScaffoldEngine) =>
    scaffoldChart('shop', engine)
      .filter(({ name }) => name.startsWith('templates/'))
      .map(({ name }) => name.endsWith('.hbs'))
  expect(new Set(endings())).toEqual(new Set([true]))
  expect(new Set(endings('gotemplate'))).toEqual(new Set([false]))
})

test.each(['null', 'true', '12', '1.0', 'y'])('a chart may be named %s', (name) => {
  expect(loadChartDirectory(written(scaffoldChart(name))).metadata.name).toBe(name)
})

// Texts of Helm 4.1.4's `create`; it lets "." pass and writes into the working folder.
test.each([
  { name: '', want: 'chart name must be between 1 and 250 characters' },
  { name: 'n'.repeat(251), want: 'chart name must be between 1 and 250 characters' },
  { name: 'a b', want: 'chart name must match the regular expression "^[a-zA-Z0-9._-]+$"' },
  { name: '..', want: 'chart name must match the regular expression "^[a-zA-Z0-9._-]+$"' },
])('the name "$name" is refused', ({ name, want }) => {
  expect(() => scaffoldChart(name)).toThrow(want)
})

test('files that are there already are overwritten and told', () => {
  const folder = written(scaffoldChart('shop'))
  const [first] = scaffoldChart('shop')
  expect(writeScaffold(folder, first ? [first] : [])).toEqual([join(folder, 'Chart.yaml')])
})

test('a starter gives its files, with its name in templates and values', () => {
  const starter = chartOf({
    'Chart.yaml': chartYaml('starter', 'dependencies: [{name: db}]\n'),
    'values.yaml': 'host: <CHARTNAME>.example.com # $& stays\n',
    'templates/x.yaml': 'name: <CHARTNAME>\n',
    'README.md': '<CHARTNAME> stays',
    'charts/db/Chart.yaml': chartYaml('db'),
  })
  const texts = scaffoldFromStarter(starter, 'shop').map(({ name, data }) => [
    name,
    name.endsWith('.tgz') ? '' : Buffer.from(data).toString(),
  ])
  expect(Object.fromEntries(texts)).toEqual({
    'Chart.yaml':
      'apiVersion: v2\nappVersion: 0.1.0\ndescription: A Helm chart for Kubernetes\nname: shop\ntype: application\nversion: 0.1.0\n',
    'values.yaml': 'host: shop.example.com # $& stays\n',
    'templates/x.yaml': 'name: shop\n',
    'README.md': '<CHARTNAME> stays',
    'charts/db-1.0.0.tgz': '',
  })
})

const ALL = 'ingress.enabled=true,autoscaling.enabled=true,podLabels.a=b,env[0].name=A'

test.skipIf(oracle('helm') === undefined)('the real Helm lints and renders Go templates', () => {
  const folder = written(scaffoldChart('shop', 'gotemplate'))
  const lint = runHelm(['lint', '--strict', folder])
  expect(lint.stdout).toContain('1 chart(s) linted, 0 chart(s) failed')
  for (const set of ['replicas=2', ALL]) {
    const { code, stdout, stderr } = runHelm(['template', 'demo', folder, '--set', set])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('name: demo-shop\n')
  }
})

const STARTERS = join(import.meta.dirname, '..', '..', '..', 'charts', 'starters')

test.each([
  { starter: 'job', set: [], want: ['batch/v1 Job'] },
  { starter: 'cronjob', set: [], want: ['batch/v1 CronJob'] },
  {
    starter: 'stateful',
    set: ['spread=true'],
    want: ['apps/v1 StatefulSet', 'policy/v1 PodDisruptionBudget', 'v1 Service'],
  },
  { starter: 'webapp', set: ['next.tag=2'], want: ['apps/v1 Deployment', 'v1 Service'] },
  {
    starter: 'webapp',
    set: ['strategy=canary,next.tag=2,gateway.enabled=true,gateway.name=edge'],
    want: [
      'apps/v1 Deployment',
      'apps/v1 Deployment',
      'gateway.networking.k8s.io/v1 HTTPRoute',
      'v1 Service',
      'v1 Service',
      'v1 Service',
    ],
  },
  {
    starter: 'webapp',
    set: ['strategy=blueGreen,next.tag=2,active=next'],
    want: ['apps/v1 Deployment', 'apps/v1 Deployment', 'v1 Service', 'v1 Service', 'v1 Service'],
  },
])('starter $starter with $set runs under the restricted level', async ({ starter, set, want }) => {
  const files = scaffoldFromStarter(loadChartDirectory(findStarter(starter, [STARTERS])), 'shop')
  const { objects } = await renderAddOn(loadChartDirectory(written(files)), { set })
  expect(objects.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`).sort()).toEqual(want)
  expect({
    security: podSecurityOffences(objects),
    references: brokenReferences(objects),
    names: objects.filter(({ metadata }) => !metadata.name.startsWith('edge-shop')),
  }).toEqual({ security: [], references: [], names: [] })
})

test.each([
  { set: 'strategy=ab,next.tag=2', want: 'strategy ab needs gateway.enabled' },
  { set: 'strategy=blueGreen,active=next', want: 'active is next, but next.tag is empty' },
])('starter webapp refuses $set', async ({ set, want }) => {
  const chart = loadChartDirectory(join(STARTERS, 'webapp'))
  await expect(renderAddOn(chart, { set: [set] })).rejects.toThrow(want)
})

test('a starter that is not there is refused with the names of those that are', () => {
  expect(() => findStarter('web', ['/nowhere', STARTERS])).toThrow(
    expect.objectContaining({
      code: 'CHART_NOT_FOUND',
      hint: 'Name one of cronjob, job, stateful, webapp, or a folder: --starter ./web',
    }) as Error,
  )
})
