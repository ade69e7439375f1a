import { execFileSync } from 'node:child_process'
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadChartArchive } from '../../../src/chart/archive.ts'
import { packageChart } from '../../../src/chart/package-chart.ts'
import { loadChartDirectory } from '../../../src/chart/read-directory.ts'
import { chartOf, chartYaml, writeChart } from '../../support/chart-builder.ts'
import { oracle, runHelm } from '../../support/oracle.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const FILES = {
  'Chart.yaml': chartYaml('web', 'appVersion: "2"\n# stays\n'),
  'values.yaml': 'replicas: 1\n',
  'values.schema.json': '{}',
  'README.md': 'read me',
  'templates/b.yaml': 'b: {{ .Values.replicas }}\n',
  'templates/a.yaml': 'a: {{ .Files.Get "README.md" }}\n',
  'charts/db/Chart.yaml': chartYaml('db'),
  'charts/db/templates/c.yaml': 'c: {{ .Chart.Name }}\n',
  'charts/_off/Chart.yaml': 'not: a chart',
}

/** Names in an archive as the system's tar prints them. */
function listed(bytes: Buffer): string[] {
  const text = execFileSync('tar', ['tzf', '-'], { input: bytes, env: { LC_ALL: 'C.UTF-8' } })
  return text.toString().trim().split('\n')
}

test('a package holds the chart in the order of Helm', () => {
  const { name, bytes } = packageChart(chartOf(FILES))
  expect(name).toBe('web-1.0.0.tgz')
  expect(listed(bytes)).toEqual([
    'web/Chart.yaml',
    'web/values.yaml',
    'web/values.schema.json',
    'web/templates/b.yaml',
    'web/templates/a.yaml',
    'web/README.md',
    'web/charts/db/Chart.yaml',
    'web/charts/db/templates/c.yaml',
  ])
})

test('a package read again is the chart that was packed', () => {
  const chart = chartOf(FILES)
  const again = loadChartArchive(packageChart(chart).bytes, { origin: 'web-1.0.0.tgz' })
  expect(again.metadata).toEqual(chart.metadata)
  expect(again.values).toEqual(chart.values)
  expect(again.templates).toEqual(chart.templates)
  expect(again.subcharts.map((each) => each.metadata.name)).toEqual(['db'])
})

test('Chart.yaml stays as it is, comments and all', () => {
  const again = loadChartArchive(packageChart(chartOf(FILES)).bytes, { origin: 'x' })
  const file = again.raw.find(({ name }) => name === 'Chart.yaml')
  expect(Buffer.from(file?.data ?? []).toString()).toBe(FILES['Chart.yaml'])
})

test('the same files give the same bytes, whenever they were written', () => {
  const [first, second] = [temporaryFolder(), temporaryFolder()]
  for (const folder of [first, second]) writeChart(folder, FILES)
  utimesSync(join(second, 'values.yaml'), 1000, 1000)
  const [one, two] = [first, second].map((each) => packageChart(loadChartDirectory(each)).bytes)
  expect(one).toEqual(two)
})

test('the time of the entries can be set', () => {
  const { bytes } = packageChart(chartOf({}), { mtime: 1_700_000_000 })
  const text = execFileSync('tar', ['tvzf', '-', '--utc'], { input: bytes }).toString()
  expect(text).toContain('2023-11-14 22:13 web/Chart.yaml')
})

test('another version and appVersion are written into Chart.yaml', () => {
  const { name, bytes } = packageChart(chartOf(FILES), { version: '2.0.0', appVersion: '3' })
  expect(name).toBe('web-2.0.0.tgz')
  const { metadata } = loadChartArchive(bytes, { origin: name })
  expect(metadata).toMatchObject({ name: 'web', version: '2.0.0', appVersion: '3' })
})

test('long and foreign names survive', () => {
  const names = [
    `files/${'n'.repeat(94)}`,
    `files/${'n'.repeat(95)}`,
    `${'d'.repeat(150)}/${'n'.repeat(100)}`,
    `${'d'.repeat(152)}/${'n'.repeat(99)}`,
    `files/${'n'.repeat(300)}`,
    'files/äöü.txt',
    'files/e\u0301',
  ]
  const { bytes } = packageChart(chartOf(Object.fromEntries(names.map((name) => [name, name]))))
  const { files } = loadChartArchive(bytes, { origin: 'x' })
  expect(files.map(({ name }) => name)).toEqual(names)
  expect(files.map(({ data }) => Buffer.from(data).toString())).toEqual(names)
  const plain = listed(bytes).map((name) => name.slice('web/'.length))
  expect(plain).toEqual(['Chart.yaml', ...names])
})

test('two subcharts of one name get folders of their own', () => {
  const { bytes } = packageChart(
    chartOf({
      'charts/a/Chart.yaml': chartYaml('db'),
      'charts/b/Chart.yaml': chartYaml('db'),
      'charts/c/Chart.yaml': chartYaml('db'),
    }),
  )
  expect(listed(bytes)).toEqual([
    'web/Chart.yaml',
    'web/charts/db/Chart.yaml',
    'web/charts/db-1.0.0/Chart.yaml',
    'web/charts/db-2/Chart.yaml',
  ])
})

test('a schema that is no JSON is refused', () => {
  expect(() => packageChart(chartOf({ 'values.schema.json': '{' }))).toThrow(
    'invalid JSON in values.schema.json',
  )
})

test.skipIf(oracle('helm') === undefined)('the real Helm shows and renders a package', () => {
  const folder = writeChart(join(temporaryFolder(), 'web'), FILES)
  const archive = join(folder, '..', 'web-1.0.0.tgz')
  writeFileSync(archive, packageChart(loadChartDirectory(folder)).bytes)
  expect(runHelm(['show', 'chart', archive]).stdout).toBe(runHelm(['show', 'chart', folder]).stdout)
  const rendered = runHelm(['template', 'r', archive])
  expect(rendered).toEqual(runHelm(['template', 'r', folder]))
  expect(rendered.stdout).toContain('a: read me')
})
