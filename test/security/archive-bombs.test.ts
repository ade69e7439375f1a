import { describe, expect, test } from 'vitest'
import { PkgError } from '../../src/base/errors.ts'
import { loadChartArchive } from '../../src/chart/archive.ts'
import type { ChartLimits } from '../../src/chart/budget.ts'
import { chartYaml } from '../support/chart-builder.ts'
import { BOMBS } from '../support/hostile.ts'
import { targz, type RawEntry } from '../support/targz.ts'

function refusal(bytes: Uint8Array, limits: Partial<ChartLimits> = {}): PkgError | undefined {
  try {
    loadChartArchive(bytes, { origin: 'web.tgz', limits })
  } catch (error) {
    if (error instanceof PkgError) return error
    throw error
  }
  return undefined
}

test.each(Object.entries(BOMBS))('%s is refused, naming the limit', (_, bomb) => {
  const bytes = bomb.bytes()
  const error = refusal(bytes)
  expect({ code: error?.code, exit: error?.exit }).toEqual({ code: 'CHART_TOO_LARGE', exit: 6 })
  expect([error?.message, ...(error?.details ?? [])].join(' ')).toContain(bomb.names)
})

describe('each limit holds at n and refuses n + 1', () => {
  const chart: RawEntry = { name: 'web/Chart.yaml', data: chartYaml() }
  const size = chartYaml().length
  const file: RawEntry = { name: 'web/a/b', data: '12345678' }
  const subchart = targz([{ name: 's/Chart.yaml', data: chartYaml('s') }])
  const nested: RawEntry = { name: 'web/charts/s-1.tgz', data: subchart }
  const all = targz([chart, file, nested])

  test.each<{ limit: keyof ChartLimits; bytes: Buffer; needs: number }>([
    { limit: 'archiveBytes', bytes: all, needs: all.length },
    { limit: 'treeBytes', bytes: all, needs: 2 * size - 2 + 8 + subchart.length },
    { limit: 'treeFiles', bytes: all, needs: 4 },
    { limit: 'treeCharts', bytes: all, needs: 1 },
    { limit: 'subchartDepth', bytes: all, needs: 1 },
    {
      limit: 'fileBytes',
      bytes: targz([chart, { name: 'web/f', data: 'x'.repeat(3000) }]),
      needs: 3000,
    },
    { limit: 'pathBytes', bytes: targz([chart]), needs: 'web/Chart.yaml'.length },
    { limit: 'pathParts', bytes: targz([chart, file]), needs: 3 },
  ])('$limit', ({ limit, bytes, needs }) => {
    expect(refusal(bytes, { [limit]: needs })).toBeUndefined()
    expect(refusal(bytes, { [limit]: needs - 1 })?.code).toBe('CHART_TOO_LARGE')
  })
})
