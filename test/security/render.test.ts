import { expect, test } from 'vitest'
import { PkgError } from '../../src/base/errors.ts'
import { offlineCapabilities } from '../../src/render/capabilities.ts'
import { renderChart } from '../../src/render/render-chart.ts'
import { chartOf, type ChartFiles } from '../support/chart-builder.ts'
import { processorTime } from '../support/processor-time.ts'

/** Fewer steps than a render has by default, so that the tests are quick. */
const context = {
  steps: 1_000_000,
  release: { name: 'r', namespace: 'default', revision: 1, isUpgrade: false },
  capabilities: offlineCapabilities(),
}

/** Renders the files below templates/; gives what was rendered, by the name of the template. */
function render(templates: Record<string, string>): Map<string, string> {
  const files: ChartFiles = {}
  for (const [name, text] of Object.entries(templates)) files[`templates/${name}`] = text
  const chart = chartOf(files)
  const rendered = renderChart(chart, new Map(chart.values), context)
  return new Map(
    rendered.map(({ path, content }) => [path.slice(path.lastIndexOf('/') + 1), content]),
  )
}

/** The failure of a render, which must come within ten seconds. */
function failureOf(templates: Record<string, string>): PkgError {
  const start = processorTime()
  try {
    render(templates)
  } catch (error) {
    expect(processorTime() - start).toBeLessThan(10_000)
    if (error instanceof PkgError) return error
    throw error
  }
  throw new Error('it did not fail')
}

/** Templates named t0 to t29 that each run the next one twice. */
function doubling(call: (name: string) => string, define: (name: string, body: string) => string) {
  const names = Array.from({ length: 30 }, (_, at) => `t${at}`)
  return (
    names.map((name, at) => define(name, call(`t${at + 1}`).repeat(2))).join('') +
    define('t30', 'x')
  )
}

const goDefine = (name: string, body: string) => `{{ define "${name}" }}${body}{{ end }}`

test.each([
  {
    what: 'a template that includes itself',
    template: '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
    want: 'rendering template has a nested reference name: a: unable to execute template',
  },
  {
    what: 'two that include each other',
    template:
      '{{ define "a" }}{{ include "b" . }}{{ end }}{{ define "b" }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
    want: 'rendering template has a nested reference name: a: unable to execute template',
  },
  {
    what: 'a tpl that calls itself',
    template: '{{ $ := set .Values "t" "{{ tpl .Values.t . }}" }}{{ tpl .Values.t . }}',
    want: 'tpl calls itself more than 250 deep',
  },
  {
    what: '2^30 includes',
    template: doubling((name) => `{{ include "${name}" . }}`, goDefine) + '{{ include "t0" . }}',
    want: 'steps',
  },
  {
    what: '2^30 templates',
    template: doubling((name) => `{{ template "${name}" . }}`, goDefine) + '{{ template "t0" . }}',
    want: 'steps',
  },
  { what: 'a range over 1e10', template: '{{ range 10000000000 }}x{{ end }}', want: 'more than' },
  {
    what: 'nested ranges',
    template: '{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}',
    want: 'steps',
  },
  {
    what: 'a text that doubles',
    template: '{{ $s := "xxxxxxxxxxxxxxxx" }}{{ range until 40 }}{{ $s = print $s $s }}{{ end }}',
    want: 'bytes',
  },
  {
    what: 'output that grows',
    template: '{{ range until 1000000 }}{{ repeat 1000 "x" }}{{ end }}',
    want: 'bytes',
  },
  {
    what: 'until 1e9',
    template: '{{ until 1000000000 | len }}',
    want: 'x.yaml:1": a range of 1000000000 numbers',
  },
  {
    what: 'repeat 1e10',
    template: '{{ repeat 10000000000 "x" }}',
    want: 'x.yaml:1": a string of 10000000000 bytes',
  },
  {
    what: 'indent 1e9',
    template: '{{ indent 1000000000 "x" }}',
    want: 'x.yaml:1": a string of 1000000000 bytes',
  },
  {
    what: 'a costly function in a loop',
    template: '{{ range until 200 }}{{ $x := genPrivateKey "ecdsa" }}{{ end }}',
    want: 'more than 50 keys, certificates and passwords are made',
  },
])(
  '$what ends with an error',
  ({ template, want }) => {
    const failure = failureOf({ 'x.yaml': template })
    expect(failure.exit).toBe(9)
    expect(failure.message).toContain(want)
  },
  60_000,
)

test('a wide printf is answered as by Go', () => {
  expect(render({ 'x.yaml': '{{ printf "%1000000000d" 1 }}' }).get('x.yaml')).toBe(
    '%!(NOVERB)%!(EXTRA int=1)',
  )
})

test.each([
  { call: 'toJson .Values' },
  { call: 'toYaml .Values' },
  { call: 'deepCopy .Values' },
  { call: 'printf "%v" .Values' },
  { call: 'mergeOverwrite (dict) .Values' },
])('a map that holds itself does not end the process: $call', ({ call }) => {
  const template = `{{ $_ := set .Values "self" .Values }}{{ ${call} | toString | len }}`
  const start = processorTime()
  try {
    render({ 'x.yaml': template })
  } catch (error) {
    expect(error).toBeInstanceOf(PkgError)
  }
  expect(processorTime() - start).toBeLessThan(10_000)
})

test('a regular expression takes time in proportion to the text', () => {
  const start = processorTime()
  const template = `{{ regexMatch "^(a+)+$" (print (repeat 5000 "a") "b") }}`
  expect(render({ 'x.yaml': template }).get('x.yaml')).toBe('false')
  expect(processorTime() - start).toBeLessThan(5000)
})

test.each([
  { template: '{{ .Files.Get "../../etc/passwd" }}{{ .Files.Get "/etc/passwd" }}', want: '' },
  { template: '{{ getHostByName "localhost" }}', want: '' },
  { template: '{{ lookup "v1" "Secret" "" "" | toJson }}', want: '{}' },
])('nothing outside the chart is reached by $template', ({ template, want }) => {
  expect(render({ 'x.yaml': template }).get('x.yaml')).toBe(want)
})

test.each(['env "PATH"', 'expandenv "$PATH"'])('the environment cannot be read by %s', (call) => {
  expect(failureOf({ 'x.yaml': `{{ ${call} }}` }).message).toContain('not defined')
  expect(failureOf({ 'x.yaml.hbs': `{{${call}}}` }).message).toContain('there is no helper')
})

test.each([
  {
    what: 'a map that holds itself',
    files: { 'x.yaml': 'a: 1\n{{ $d := dict }}{{ $_ := set $d "a" $d }}\n{{ $d }}' },
    want: ['prints a value that is nested too deep', 3, 4],
  },
  {
    what: 'a value that is too long as text',
    files: {
      'x.yaml':
        '{{ $d := dict }}{{ range until 70000 }}{{ $_ := set $d (toString .) (repeat 1000 "x") }}{{ end }}\na: {{ $d }}',
    },
    want: ['a value is more than 67,108,864 bytes as text', 2, 7],
  },
  {
    what: 'a partial that calls itself',
    files: { '_a.hbs': 'a\n  {{> a}}', 'x.yaml.hbs': '{{> a}}' },
    want: ['partials are nested more than 250 deep', 2, 3],
  },
] as const)('$what is told with its line', ({ files, want: [message, line, column] }) => {
  const failure = failureOf(files)
  expect(failure.code).toBe('RENDER_BUDGET')
  expect(failure.message).toContain(message)
  expect(failure.span).toMatchObject({ line, column })
})

test.each([
  {
    what: 'a partial that calls itself',
    files: { '_a.hbs': '{{> a}}', 'x.yaml.hbs': '{{> a}}' },
    want: 'partials are nested more than 250 deep',
  },
  {
    what: 'two partials that call each other',
    files: { '_a.hbs': '{{> b}}', '_b.hbs': '{{> a}}', 'x.yaml.hbs': '{{> a}}' },
    want: 'partials are nested more than 250 deep',
  },
  {
    what: '2^22 partials',
    files: {
      ...Object.fromEntries(
        Array.from({ length: 22 }, (_, at) => [`_p${at}.hbs`, `{{> p${at + 1}}}{{> p${at + 1}}}`]),
      ),
      '_p22.hbs': 'x',
      'x.yaml.hbs': '{{> p0}}',
    },
    want: 'steps',
  },
  {
    what: 'nested loops',
    files: {
      'x.yaml.hbs': '{{#each (until 10000)}}{{#each (until 10000)}}x{{/each}}{{/each}}',
    },
    want: 'steps',
  },
  {
    what: 'a loop that prints much',
    files: { 'x.yaml.hbs': '{{#each (until 10000)}}{{repeat 10000 "x"}}{{/each}}' },
    want: 'bytes',
  },
  {
    what: 'engines that call each other',
    files: {
      '_go.tpl': '{{ define "go" }}{{ include "native" . }}{{ end }}',
      '_native.hbs': '{{include "go" this}}',
      'x.yaml.hbs': '{{> native}}',
    },
    want: 'deep',
  },
])(
  'Handlebars: $what ends with an error',
  ({ files, want }) => {
    const failure = failureOf(files)
    expect([failure.code, failure.exit]).toEqual(['RENDER_BUDGET', 9])
    expect(failure.message).toContain(want)
  },
  60_000,
)

test.each([
  { what: 'too large', text: 'x'.repeat(1024 * 1024 + 1), want: 'larger than 1048576 bytes' },
  { what: 'full of tags', text: '{{a}}'.repeat(200_000), want: 'more than 20000 tags' },
  { what: 'full of nodes', text: '{{a b c d}}'.repeat(6000), want: 'more than 20000 nodes' },
  {
    what: 'nested too deep',
    text: '{{#if a}}'.repeat(5000) + '{{/if}}'.repeat(5000),
    want: 'nested more than 200 deep',
  },
  {
    what: 'nested too deep by "else if"',
    text: `{{#if a}}${'x{{else if b}}\n'.repeat(10_000)}{{/if}}`,
    want: 'nested more than 200 deep',
  },
  {
    what: 'nested too deep by its inverse',
    text: '{{^a}}'.repeat(9000) + '{{/a}}'.repeat(9000),
    want: 'nested more than 200 deep',
  },
  {
    what: 'nested too deep in brackets',
    text: `{{${'(f '.repeat(5000)}a${')'.repeat(5000)}}}`,
    want: 'nested more than 200 deep',
  },
])(
  'a Handlebars file that is $what is refused before it is compiled',
  ({ text, want }) => {
    const failure = failureOf({ 'x.yaml.hbs': text })
    expect(failure.code).toBe('CHART_TOO_LARGE')
    expect(failure.message).toContain(want)
  },
  60_000,
)

test('blocks 200 deep and files of 1 MiB are taken', () => {
  const deep = '{{#if values}}'.repeat(200) + 'x' + '{{/if}}'.repeat(200)
  expect(render({ 'x.yaml.hbs': '{{#unless nope}}y{{/unless}}', 'y.yaml.hbs': deep })).toEqual(
    new Map([
      ['x.yaml.hbs', 'y'],
      ['y.yaml.hbs', ''],
    ]),
  )
  const large = 'x'.repeat(1024 * 1024)
  expect(render({ 'x.yaml.hbs': large }).get('x.yaml.hbs')).toBe(large)
})
