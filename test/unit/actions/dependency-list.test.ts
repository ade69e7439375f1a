import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listDependencies } from '../../../src/actions/dependency-list.ts'
import { loadChart } from '../../../src/chart/load-chart.ts'
import { packageChart } from '../../../src/chart/package-chart.ts'
import { chartOf, chartYaml, writeChart } from '../../support/chart-builder.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

// Wanted: what `helm dependency list` of Helm 4.1.4 tells of the same archive.
test('an archive holds its dependencies itself, or lacks them', async () => {
  const chart = chartOf({
    'Chart.yaml': chartYaml('web', 'dependencies: [{name: db, version: 1.x}, {name: cache}]\n'),
    'charts/db/Chart.yaml': chartYaml('db'),
  })
  const file = join(temporaryFolder(), 'web.tgz')
  writeFileSync(file, packageChart(chart).bytes)
  const readStdin = () => Promise.reject(new Error('standard input was read'))
  const listing = listDependencies(await loadChart(file, { readStdin }), file)
  expect(listing).toEqual({
    place: join(file, 'charts'),
    dependencies: [
      { name: 'db', version: '1.x', repository: '', status: 'unpacked' },
      { name: 'cache', version: '', repository: '', status: 'missing' },
    ],
    notCharts: [],
    notDeclared: [],
  })
})

// Wanted: what `helm dependency list` of Helm 4.1.4 tells of the same folder.
test('a subchart of any apiVersion is a chart', async () => {
  const folder = writeChart(temporaryFolder(), {
    'Chart.yaml': chartYaml('web', 'dependencies: [{name: db, version: 1.x}]\n'),
    'charts/db/Chart.yaml': 'apiVersion: v3\nname: db\nversion: 1.0.0\n',
  })
  const readStdin = () => Promise.reject(new Error('standard input was read'))
  const listing = listDependencies(await loadChart(folder, { readStdin }), folder)
  expect(listing).toEqual({
    place: join(folder, 'charts'),
    dependencies: [{ name: 'db', version: '1.x', repository: '', status: 'unpacked' }],
    notCharts: [],
    notDeclared: [],
  })
})

// Wanted: Helm 4.1.4 prints a table without rows for an empty list, and a warning for none.
test.each([
  { text: 'dependencies: []\n', want: [] },
  { text: 'dependencies:\n', want: undefined },
])('$text is told apart from the other', ({ text, want }) => {
  const chart = chartOf({ 'Chart.yaml': chartYaml('web', text) })
  expect(listDependencies(chart, temporaryFolder()).dependencies).toEqual(want)
})
