import { afterEach, expect, test } from 'vitest'
import { renderRelease } from '../../../src/actions/render.ts'
import { chartOf, chartYaml } from '../../support/chart-builder.ts'

const events: NodeJS.EventEmitter = process
let heard = 0
// The launcher listens to this name, in a script of its own.
const hear = () => heard++
afterEach(() => {
  events.off('kubectl-pkg: long run', hear)
})

test.each([
  { length: 65_536, times: 0 },
  { length: 65_537, times: 1 },
])('the launcher hears $times times of $length rendered characters', ({ length, times }) => {
  heard = 0
  events.on('kubectl-pkg: long run', hear)
  const template = `#{{ repeat ${length - 1} "x" }}`
  const chart = chartOf({ 'Chart.yaml': chartYaml('web'), 'templates/a.txt': template })
  const release = { name: 'web', namespace: 'apps', revision: 1, isUpgrade: false }
  renderRelease({ chart, values: new Map(), release, options: {} })
  expect(heard).toBe(times)
})
