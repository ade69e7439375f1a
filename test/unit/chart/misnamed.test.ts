import { gzipSync } from 'node:zlib'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadChartArchive } from '../../../src/chart/archive.ts'
import { loadChartDirectory } from '../../../src/chart/read-directory.ts'
import { PkgError } from '../../../src/base/errors.ts'
import { chartOf, chartYaml, writeChart, type ChartFiles } from '../../support/chart-builder.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

function hintOf(run: () => unknown): string | undefined {
  try {
    run()
  } catch (error) {
    if (error instanceof PkgError) return error.hint
    throw error
  }
  return 'it did not fail'
}

function folder(files: ChartFiles): string {
  const path = join(temporaryFolder(), 'web')
  mkdirSync(path, { recursive: true })
  return writeChart(path, files)
}

test.each([
  [{ 'chart.yaml': chartYaml() }, 'Rename chart.yaml to Chart.yaml.'],
  [{ 'Chart.yml': chartYaml() }, 'Rename Chart.yml to Chart.yaml.'],
  [{ 'charts.yaml': chartYaml() }, 'Rename charts.yaml to Chart.yaml.'],
  [
    { 'README.md': '', 'web/Chart.yaml': chartYaml() },
    'The folder "web" in it has a Chart.yaml; name that one.',
  ],
  [
    { 'web/Chart.yaml': chartYaml(), 'api/Chart.yaml': chartYaml() },
    'Name the folder that holds Chart.yaml.',
  ],
  [{}, 'Name the folder that holds Chart.yaml.'],
])('a folder with %j says what to do', (files, hint) => {
  expect(hintOf(() => loadChartDirectory(folder(files)))).toBe(hint)
})

test('a folder in a chart is told which chart', () => {
  const path = folder({ 'Chart.yaml': chartYaml(), 'templates/a.yaml': '' })
  expect(hintOf(() => loadChartDirectory(join(path, 'templates')))).toBe(
    'It is in the chart "web"; name the folder of that.',
  )
})

test('also where Helm says of a folder no more than that Chart.yaml is missing', () => {
  const path = folder({ 'chart.yaml': chartYaml() })
  expect(hintOf(() => loadChartDirectory(path, { anyApiVersion: true }))).toBe(
    'Rename chart.yaml to Chart.yaml.',
  )
})

test('and in an archive', () => {
  expect(hintOf(() => loadChartArchive(archive('web/Chart.yml'), { origin: 'a.tgz' }))).toBe(
    'Rename Chart.yml to Chart.yaml.',
  )
})

/** An archive with one empty file. */
function archive(name: string): Uint8Array {
  const head = Buffer.alloc(512)
  head.write(name, 0)
  head.write('0000644\0', 100)
  head.write('00000000000\0', 124)
  head.write('00000000000\0', 136)
  head.write('        0', 148)
  head.write('ustar\x0000', 257)
  const sum = head.reduce((total, byte) => total + byte, 0)
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return gzipSync(Buffer.concat([head, Buffer.alloc(1024)]))
}

test('a file in charts/ is to go', () => {
  expect(hintOf(() => chartOf({ 'charts/README.md': '' }))).toBe(
    'Take README.md out of charts/, which holds charts alone.',
  )
})

test.each<[about: string, files: ChartFiles, want: string[]]>([
  ['values.yml', { 'values.yml': '' }, ['values.yml: is not read; rename it to values.yaml']],
  ['Values.yaml', { 'Values.yaml': '' }, ['Values.yaml: is not read; rename it to values.yaml']],
  ['value.yaml', { 'value.yaml': '' }, ['value.yaml: is not read; rename it to values.yaml']],
  [
    'Values.schema.json',
    { 'Values.schema.json': '' },
    ['Values.schema.json: is not read; rename it to values.schema.json'],
  ],
  [
    'template/',
    { 'template/a.yaml': '', 'template/b.yaml': '' },
    ['template: is not read; rename it to templates'],
  ],
  [
    'a subchart with values.yml',
    { 'charts/db/Chart.yaml': chartYaml('db'), 'charts/db/values.yml': '' },
    ['charts/db/values.yml: is not read; rename it to values.yaml'],
  ],
  ['values.yml beside values.yaml', { 'values.yaml': '', 'values.yml': '' }, []],
  ['another name', { 'values-prod.yaml': '', 'templates/a.yaml': '', 'template.md': '' }, []],
])('a chart with %s', (_, files, want) => {
  expect(chartOf(files).warnings.map(({ file, message }) => `${file}: ${message}`)).toEqual(want)
})
