import { expect, test } from 'vitest'
import { PkgError } from '../../src/base/errors.ts'
import { loadChartArchive } from '../../src/chart/archive.ts'
import type { Chart } from '../../src/chart/chart.ts'
import { chartYaml } from '../support/chart-builder.ts'
import { HOSTILE } from '../support/hostile.ts'
import { targz } from '../support/targz.ts'

function load(bytes: Uint8Array): Chart {
  return loadChartArchive(bytes, { origin: 'web.tgz' })
}

function failure(run: () => unknown): PkgError {
  try {
    run()
  } catch (error) {
    if (error instanceof PkgError) return error
    throw error
  }
  throw new Error('it was accepted')
}

const refused = Object.entries(HOSTILE).filter(([, archive]) => archive.code !== undefined)
const accepted = Object.entries(HOSTILE).filter(([, archive]) => archive.code === undefined)

test.each(refused)('%s is refused and named', (_, { bytes, code, names = '' }) => {
  const error = failure(() => load(bytes()))
  expect({ code: error.code, exit: error.exit }).toEqual({ code, exit: 6 })
  expect(error.message).toContain(names)
})

test.each(accepted)('%s is accepted', (_, { bytes }) => {
  expect(load(bytes()).metadata.name).toBe('web')
})

test('a link inside the chart is an empty file and a warning', () => {
  const chart = load(
    targz([
      { name: 'web/Chart.yaml', data: chartYaml() },
      { name: 'web/README.md', type: '2', target: 'docs/README.md' },
    ]),
  )
  expect(chart.files).toEqual([{ name: 'README.md', data: new Uint8Array() }])
  expect(chart.warnings).toEqual([
    { file: 'README.md', message: 'link to "docs/README.md" is read as an empty file' },
  ])
})

test('garbage after the end of the archive is told', () => {
  const archive = HOSTILE['garbage after the tar']?.bytes() ?? Buffer.alloc(0)
  expect(load(archive).warnings).toEqual([
    { file: '', message: '7 bytes after the end of the archive are not read' },
  ])
})

test('an unsafe entry of an archive inside charts/ is refused, naming both', () => {
  const subchart = targz([{ name: 'db/Chart.yaml', data: chartYaml('db') }, { name: '../evil' }])
  const error = failure(() =>
    load(
      targz([
        { name: 'web/Chart.yaml', data: chartYaml() },
        { name: 'web/charts/db-1.0.0.tgz', data: subchart },
      ]),
    ),
  )
  expect(error.code).toBe('ARCHIVE_UNSAFE')
  expect(error.message).toBe(
    'error unpacking subchart db-1.0.0.tgz in web: chart illegally references parent directory: "../evil"',
  )
})
