import { expect, test } from 'vitest'
import { renderRelease } from '../../../src/actions/render.ts'
import { chartOf, chartYaml } from '../../support/chart-builder.ts'
import { hearLongRuns } from '../../support/long-runs.ts'

test.each([
  { name: 'one template', files: 1, length: 65_536, isHeard: false },
  { name: 'one template', files: 1, length: 65_537, isHeard: true },
  { name: 'two templates', files: 2, length: 32_768, isHeard: false },
  { name: 'two templates', files: 2, length: 32_769, isHeard: true },
])('of $length characters of $name the launcher hears: $isHeard', ({ files, length, isHeard }) => {
  const heard = hearLongRuns()
  const template = `#{{ repeat ${length - 1} "x" }}`
  const templates = Array.from({ length: files }, (_, at) => [`templates/${at}.txt`, template])
  const chart = chartOf({ 'Chart.yaml': chartYaml('web'), ...Object.fromEntries(templates) })
  const release = { name: 'web', namespace: 'apps', revision: 1, isUpgrade: false }
  renderRelease({ chart, values: new Map(), release, options: {} })
  expect(heard().length > 0).toBe(isHeard)
})
