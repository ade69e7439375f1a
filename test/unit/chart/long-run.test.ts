import { expect, test } from 'vitest'
import { chartOf, chartYaml } from '../../support/chart-builder.ts'
import { hearLongRuns } from '../../support/long-runs.ts'

test.each([
  { size: 1000, isLong: false },
  { size: 100_000, isLong: true },
])('the launcher hears of a chart of $size bytes: $isLong', ({ size, isLong }) => {
  const heard = hearLongRuns()
  chartOf({ 'Chart.yaml': chartYaml('web'), LICENSE: 'x'.repeat(size) })
  expect(heard()).toBe(isLong ? 1 : 0)
})
