import { expect, test } from 'vitest'
import { chartOf, chartYaml } from '../../support/chart-builder.ts'

test.each([
  { size: 1000, isLong: false },
  { size: 100_000, isLong: true },
])('the launcher hears of a chart of $size bytes: $isLong', ({ size, isLong }) => {
  const events: NodeJS.EventEmitter = process
  let heard = 0
  const hear = () => heard++
  // The launcher listens to this name, in a script of its own.
  events.on('kubectl-pkg: long run', hear)
  chartOf({ 'Chart.yaml': chartYaml('web'), LICENSE: 'x'.repeat(size) })
  events.off('kubectl-pkg: long run', hear)
  expect(heard).toBe(isLong ? 1 : 0)
})
