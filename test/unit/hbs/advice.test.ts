import { expect, test } from 'vitest'
import { PkgError } from '../../../src/base/errors.ts'
import { offlineCapabilities } from '../../../src/render/capabilities.ts'
import { renderChart } from '../../../src/render/render-chart.ts'
import { chartOf } from '../../support/chart-builder.ts'

/** The failure of a chart with this template and a partial "labels". */
function failureOf(template: string): PkgError {
  const chart = chartOf({
    'templates/x.yaml.hbs': template,
    'templates/_labels.hbs': 'a: b\n',
    'values.yaml': 'name: web\nport: 80\n',
  })
  const release = { name: 'r', namespace: 'apps', revision: 1, isUpgrade: false }
  const values = new Map([['Values', new Map()]])
  try {
    renderChart(chart, values, { release, capabilities: offlineCapabilities() })
  } catch (error) {
    if (error instanceof PkgError) return error
    throw error
  }
  throw new Error('it did not fail')
}

const PIPES =
  'Handlebars has no pipes; put the call around its argument: {{nindent 2 (toYaml values.x)}}.'
const PATHS = 'Paths begin without a dot: values.name, release.name, chart.version.'
const VALUE = 'A value takes no arguments: only helpers do.'
const BLANKS = 'Handlebars trims blanks with a tilde: {{~ … ~}}.'

test.each([
  { template: 'a: {{ .Values.name }}', hint: PATHS },
  { template: 'a: {{ .Values.name | quote }}', hint: PIPES },
  { template: 'a: {{toYaml values.name | nindent 2}}', hint: PIPES },
  { template: 'a: {{quote "|" | upper}}', hint: PIPES },
  { template: 'a: {{- if values.name }}', hint: BLANKS },
  { template: 'a: {{values.name -}}', hint: VALUE },
  { template: 'a: {{quote (values.name 1)}}', hint: VALUE },
  { template: '{{#values.name a=1}}{{/values.name}}', hint: VALUE },
  {
    template: '{{ $name := values.name }}',
    hint: 'Handlebars names a value in a block: {{#with VALUE as |name|}} … {{/with}}.',
  },
  { template: '{{#range values.list}}{{/range}}', hint: 'Use {{#each LIST}} … {{/each}}.' },
  { template: '{{tpYaml values.name}}', hint: 'Did you mean "toYaml"?' },
  { template: '{{frobnicate values.name}}', hint: 'There is no function "frobnicate".' },
  { template: '{{> lables}}', hint: 'Did you mean "labels"?' },
  {
    template: '{{> web/selector}}',
    hint: 'Add the library chart "web" to the dependencies; it needs "templates/_selector.hbs".',
  },
  {
    template: '{{#if eq values.name "web"}}{{/if}}',
    hint: 'Put a call into parentheses: {{#if (FUNCTION …)}}.',
  },
  {
    template: 'a\n{{#if values.name}}\n{{#each values.list}}{{/each}}\nb\n',
    hint: 'Close {{#if}} of line 2 with {{/if}}.',
  },
  { template: '{{#if values.name}}{{/each}}', hint: 'Close {{#if}} with {{/if}}.' },
])('$template: $hint', ({ template, hint }) => {
  expect(failureOf(template).hint).toBe(hint)
})

test('a template that is included but not there is told at its place', () => {
  const { message, span } = failureOf('a:\n  {{include "nope" this}}')
  expect({ message, span }).toEqual({
    message:
      'execution error at (web/templates/x.yaml.hbs:2:2): there is no template or partial "nope"',
    span: {
      file: 'web/templates/x.yaml.hbs',
      line: 2,
      column: 3,
      source: '  {{include "nope" this}}',
    },
  })
})
