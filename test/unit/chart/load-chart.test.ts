import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PkgError } from '../../../src/base/errors.ts'
import { loadChart } from '../../../src/chart/load-chart.ts'
import { packageChart } from '../../../src/chart/package-chart.ts'
import { chartOf, chartYaml, writeChart } from '../../support/chart-builder.ts'
import { targz } from '../../support/targz.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const noInput = { readStdin: () => Promise.reject(new Error('standard input was read')) }
const archive = packageChart(chartOf({ 'values.yaml': 'a: 1\n' })).bytes

async function failure(reference: string): Promise<{ code: string; message: string }> {
  try {
    await loadChart(reference, noInput)
  } catch (error) {
    if (error instanceof PkgError) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('it was loaded')
}

/** Writes one file into a fresh folder and gives its path. */
function written(name: string, data: string | Uint8Array): string {
  const file = join(temporaryFolder(), name)
  writeFileSync(file, data)
  return file
}

test('a folder, an archive and standard input give the same chart', async () => {
  const folder = writeChart(temporaryFolder(), {
    'Chart.yaml': chartYaml(),
    'values.yaml': 'a: 1\n',
  })
  const file = written('web.tgz', archive)
  const stdin = { readStdin: () => Promise.resolve(archive) }
  const charts = [
    await loadChart(folder, noInput),
    await loadChart(` ${file}\n`, noInput),
    await loadChart('-', stdin),
  ]
  expect(charts.map(({ origin }) => origin)).toEqual([folder, file, '-'])
  const [first, ...others] = charts.map((chart) => ({ ...chart, origin: '' }))
  for (const other of others) expect(other).toEqual(first)
})

// As `helm show` and `helm dependency list` of Helm 4.1.4 do, unlike `helm template`.
test.each(['v3', 'v9'])(
  'apiVersion %s is taken where the chart is only looked at',
  async (version) => {
    const files = { 'Chart.yaml': `apiVersion: ${version}\nname: web\nversion: 1.0.0\n` }
    const folder = writeChart(temporaryFolder(), files)
    const file = written('web.tgz', targz([{ name: 'web/Chart.yaml', data: files['Chart.yaml'] }]))
    for (const reference of [folder, file]) {
      await expect(loadChart(reference, noInput)).rejects.toThrow(PkgError)
      const { metadata } = await loadChart(reference, { ...noInput, anyApiVersion: true })
      expect(metadata).toEqual({ apiVersion: version, name: 'web', version: '1.0.0' })
    }
  },
)

// Texts of Helm 4.1.4; it prints the last one for damaged archives without the reason.
test.each<{ name: string; data: string | Uint8Array; want: string }>([
  {
    name: 'notes.txt',
    data: 'hello\n',
    want: "file 'FILE' does not appear to be a gzipped archive; got 'application/octet-stream'",
  },
  {
    name: 'long.txt',
    data: 'hello\n'.repeat(100),
    want: "file 'FILE' does not appear to be a gzipped archive; got 'text/plain; charset=utf-8'",
  },
  {
    name: 'web.zip',
    data: `PK\u0003\u0004${'x'.repeat(600)}`,
    want: "file 'FILE' does not appear to be a gzipped archive; got 'application/zip'",
  },
  {
    name: 'values.yaml',
    data: 'a: b\n',
    want: "file 'FILE' seems to be a YAML file, but expected a gzipped archive",
  },
  {
    name: 'none.tgz',
    data: targz([{ name: 'web/values.yaml' }]),
    want: 'unable to detect chart version, no Chart.yaml found',
  },
  {
    name: 'cut.tgz',
    data: archive.subarray(0, 150),
    want: 'unable to load chart archive: unexpected EOF',
  },
])('$name is no chart', async ({ name, data, want }) => {
  const file = written(name, data)
  expect(await failure(file)).toEqual({
    code: 'CHART_INVALID',
    message: want.replace('FILE', file),
  })
})

test.each(['./nope', '/nope'])('%s is not found', async (reference) => {
  expect(await failure(reference)).toEqual({
    code: 'CHART_NOT_FOUND',
    message: `path "${reference}" not found`,
  })
})

test('an archive larger than the limit is refused before it is read', async () => {
  const file = written('web.tgz', archive)
  const limits = { archiveBytes: archive.length - 1 }
  await expect(loadChart(file, { ...noInput, limits })).rejects.toMatchObject({
    code: 'CHART_TOO_LARGE',
    message: `chart archive is larger than the maximum size ${limits.archiveBytes}`,
  })
})
