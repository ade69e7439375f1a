import { expect, test } from 'vitest'
import { chartOf, chartYaml } from '../../support/chart-builder.ts'
import { hearLongRuns } from '../../support/long-runs.ts'

test.each([
  { size: 1000, wanted: [] },
  { size: 100_000, wanted: [false] },
  { size: 400_000, wanted: [true] },
])('the launcher hears of a chart of $size bytes whether much stays: $wanted', (row) => {
  const heard = hearLongRuns()
  chartOf({ 'Chart.yaml': chartYaml('web'), LICENSE: 'x'.repeat(row.size) })
  expect(heard()).toEqual(row.wanted)
})
