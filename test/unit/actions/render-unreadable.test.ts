import { expect, test } from 'vitest'
import { renderRelease } from '../../../src/actions/render.ts'
import { chartOf, chartYaml } from '../../support/chart-builder.ts'

test('of output that cannot be read all files are told in the order of their paths, without notes and blank ones', () => {
  const chart = chartOf({
    'Chart.yaml': chartYaml('web'),
    'templates/b.yaml': 'kind: [\n',
    'templates/a.yaml': 'kind: ConfigMap\n',
    'templates/blank.yaml': ' \n',
    'templates/NOTES.txt': 'Well done.\n',
  })
  const told: string[] = []
  const release = { name: 'web', namespace: 'apps', revision: 1, isUpgrade: false }
  const render = () =>
    renderRelease({
      chart,
      values: new Map(),
      release,
      options: {},
      onUnreadable: (text) => told.push(text),
    })
  expect(render).toThrow('YAML parse error on web/templates/b.yaml')
  expect(told).toEqual([
    '---\n# Source: web/templates/a.yaml\nkind: ConfigMap\n\n---\n# Source: web/templates/b.yaml\nkind: [\n',
  ])
})
