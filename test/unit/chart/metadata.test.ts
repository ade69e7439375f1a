import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { showChart } from '../../../src/actions/show.ts'
import { chartOf } from '../../support/chart-builder.ts'

interface Golden {
  rows: { text: string; chart?: string; error?: string }[]
}

const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../conformance/golden/chart-metadata.json'), 'utf8'),
) as Golden

/** What `show chart` prints of a Chart.yaml: the fields that Helm knows, and a blank line. */
function shown(text: string): string {
  return showChart(chartOf({ 'Chart.yaml': text }), 'chart')
}

// Wanted: what Helm 4.1.4 prints of the same Chart.yaml, or its error.
test.each(golden.rows)('$# $error', ({ text, chart, error }) => {
  if (error === undefined) expect(shown(text)).toBe(chart)
  else expect(() => shown(text)).toThrow(expect.objectContaining({ message: error }))
})

test('fields that Helm does not know are kept', () => {
  const { metadata } = chartOf({
    'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 1.0.0\nlicense: MIT\nNAME: b\n',
  })
  expect(metadata).toEqual({
    apiVersion: 'v2',
    name: 'a',
    version: '1.0.0',
    extra: new Map([['license', 'MIT']]),
  })
})

// Wanted: what `helm show all` of Helm 4.1.4 prints.
test.each([
  { files: {}, want: '' },
  { files: { 'values.yaml': '' }, want: '---\n\n' },
  { files: { README: 'r' }, want: '---\nr\n' },
])('only the parts that a chart has are shown: $files', ({ files, want }) => {
  const chart = chartOf({ 'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 1.0.0\n', ...files })
  expect(showChart(chart, 'all')).toBe(`apiVersion: v2\nname: a\nversion: 1.0.0\n\n${want}`)
})

// Wanted: what `helm show chart` of Helm 4.1.4 prints.
test('dependencies in the requirements.yaml of an old chart are shown', () => {
  const chart = chartOf({
    'Chart.yaml': 'apiVersion: v1\nname: a\nversion: 1.0.0\nengine: gotpl\n',
    'requirements.yaml':
      'dependencies:\n- name: db\n  version: 1.x\n  repository: http://x\n  alias: main\n',
  })
  expect(showChart(chart, 'chart')).toBe(
    [
      'apiVersion: v1',
      'dependencies:',
      '- alias: main',
      '  name: db',
      '  repository: http://x',
      '  version: 1.x',
      'name: a',
      'version: 1.0.0',
      '',
      '',
    ].join('\n'),
  )
})
