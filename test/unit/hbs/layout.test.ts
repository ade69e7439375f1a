import { expect, test } from 'vitest'
import { decodeYamlMap } from '../../../src/encoding/yaml-decode.ts'
import { offlineCapabilities } from '../../../src/render/capabilities.ts'
import { renderChart } from '../../../src/render/render-chart.ts'
import { chartOf } from '../../support/chart-builder.ts'

const VALUES = `
name: web
map: {a: 1, b: [x, y]}
list: [a, b]
text: "one\\n\\ntwo\\n"
plain: "one\\ntwo"
crlf: "one\\r\\ntwo\\r\\n"
title: a title
width: 4
`

const PARTIALS = {
  'templates/_name.hbs': 'web-1',
  'templates/_line.hbs': 'web-1\n',
  'templates/_labels.hbs': 'app: web\ntier: front\n',
  'templates/_nested.hbs': 'labels:\n  {{> labels}}\nrest: 1\n',
  'templates/_yaml.hbs': 'map:\n  {{toYaml values.map}}\n',
  'templates/_crlf.hbs': 'app: web\r\ntier: front\r\n',
  'templates/_empty.hbs': '{{#if values.nope}}\nx: 1\n{{/if}}\n',
  'templates/_gap.hbs': 'a: |\n  one\n\n  two\n',
  'templates/_frame.hbs': '- name: x\n  {{> @partial-block}}\n  last: 1\n',
  'templates/_plain.hbs': 'b:\n{{> @partial-block}}\n',
}

function render(template: string, passed = VALUES): string {
  const chart = chartOf({ ...PARTIALS, 'templates/x.yaml.hbs': template, 'files/a.txt': '1\n2\n' })
  const release = { name: 'r', namespace: 'apps', revision: 1, isUpgrade: false }
  const values = decodeYamlMap(passed, { dialect: 'core' })
  const [file] = renderChart(chart, values, { release, capabilities: offlineCapabilities() })
  return file?.content ?? ''
}

test.each([
  { template: 'm:\n  {{toYaml values.map}}\nn: 1', want: 'm:\n  a: 1\n  b:\n  - x\n  - "y"\nn: 1' },
  { template: 'm:\n  {{{toYaml values.map}}}\n', want: 'm:\n  a: 1\n  b:\n  - x\n  - "y"\n' },
  { template: 'm: |\n  {{values.text}}\nn: 1\n', want: 'm: |\n  one\n\n  two\nn: 1\n' },
  { template: 'm: |\n  {{values.plain}}\nn: 1\n', want: 'm: |\n  one\n  two\nn: 1\n' },
  { template: '{{values.text}}\nn: 1\n', want: 'one\n\ntwo\nn: 1\n' },
  { template: 'm: |\n  {{files.get "files/a.txt"}}\n', want: 'm: |\n  1\n  2\n' },
  { template: 'm:\n\t{{values.plain}}\n', want: 'm:\n\tone\n two\n' },
  { template: 'm:\n  {{values.name}}\n', want: 'm:\n  web\n' },
  { template: 'm:\n  {{values.list}}\n', want: 'm:\n  ["a","b"]\n' },
  { template: 'm:\n  {{title}}{{nope}}\n  {{nope}}\n', want: 'm:\n  \n  \n' },
  {
    template: 'm:\n  {{#each values.list}}\n  - {{this}}\n  {{/each}}\n',
    want: 'm:\n  - a\n  - b\n',
  },
  {
    template: '{{#each values.list}}\n  {{toYaml @root.values.map}}\n{{/each}}\n',
    want: '  a: 1\n  b:\n  - x\n  - "y"\n  a: 1\n  b:\n  - x\n  - "y"\n',
  },
])('a tag that has its line for itself indents its lines: $template', ({ template, want }) => {
  expect(render(template)).toBe(want)
})

const CHAIN = '  {{#if values.first}}\n  a\n  {{else if values.second}}\n'

test.each([
  { template: `${CHAIN}  b\n  {{/if}}\n  z\n`, want: ['  a\n  z\n', '  b\n  z\n', '  z\n'] },
  {
    template: `${CHAIN}  b\n  {{else}}\n  c\n  {{/if}}\n  z\n`,
    want: ['  a\n  z\n', '  b\n  z\n', '  c\n  z\n'],
  },
  {
    template: `${CHAIN}  b\n  {{else if true}}\n  d\n  {{else}}\n  c\n  {{/if}}\n  z\n`,
    want: ['  a\n  z\n', '  b\n  z\n', '  d\n  z\n'],
  },
  {
    template: `${CHAIN}  {{#if true}}\n  b\n  {{/if}}\n  {{/if}}\n  z\n`,
    want: ['  a\n  z\n', '  b\n  z\n', '  z\n'],
  },
  {
    template: `${CHAIN}  {{#if false}}\n  b\n  {{/if}}\n  {{/if}}\n  z\n`,
    want: ['  a\n  z\n', '  z\n', '  z\n'],
  },
  {
    template: `x: {{#if values.first}}a{{else if values.second}} b {{/if}}\nz\n`,
    want: ['x: a\nz\n', 'x:  b \nz\n', 'x: \nz\n'],
  },
  { template: `${CHAIN}  b\n  {{/if}} z\n`, want: ['  a\n z\n', '  b\n   z\n', ' z\n'] },
])('a chain of "else if" leaves no blanks behind: $template', ({ template, want }) => {
  const inputs = ['first: true', 'second: true', 'none: true']
  expect(inputs.map((values) => render(template, values))).toEqual(want)
})

test.each([
  { template: 'm: {{values.plain}}\n', want: 'm: one\ntwo\n' },
  { template: '  - {{values.plain}}\n', want: '  - one\ntwo\n' },
  { template: '  {{values.plain}} # x\n', want: '  one\ntwo # x\n' },
  {
    template: 'm:\n  {{toYaml values.map indent=4}}\n',
    want: 'm:\n  a: 1\n    b:\n    - x\n    - "y"\n',
  },
  {
    template: 'm:\n{{indent 2 (toYaml values.map)}}\n',
    want: 'm:\n  a: 1\n  b:\n  - x\n  - "y"\n',
  },
  { template: 'm:\n  {{~nindent 2 values.plain}}\n', want: 'm:\n  one\n  two\n' },
  { template: 'm:\n  {{~values.plain}}\n', want: 'm:one\ntwo\n' },
])('any other tag prints its text as it is: $template', ({ template, want }) => {
  expect(render(template)).toBe(want)
})

test.each([
  { template: 'l:\n  {{> labels}}\nn: 1\n', want: 'l:\n  app: web\n  tier: front\nn: 1\n' },
  {
    template: 's:\n  {{> nested}}\n',
    want: 's:\n  labels:\n    app: web\n    tier: front\n  rest: 1\n',
  },
  { template: 's:\n  {{> yaml}}\n', want: 's:\n  map:\n    a: 1\n    b:\n    - x\n    - "y"\n' },
  { template: 's:\n  {{> empty}}\nn: 1\n', want: 's:\nn: 1\n' },
  { template: 's:\n  {{> gap}}\n', want: 's:\n  a: |\n    one\n  \n    two\n' },
  { template: 'name: {{> name}}\n', want: 'name: web-1\n' },
  { template: 'name: {{> line}}\n', want: 'name: web-1\n\n' },
  { template: 'name: {{> line}}-x\n', want: 'name: web-1\n-x\n' },
  {
    template: 'l:\r\n  {{> crlf}}\r\nn: 1\r\n',
    want: 'l:\r\n  app: web\r\n  tier: front\r\nn: 1\r\n',
  },
  { template: 'a:\n  {{~> name~}}\n  b\n', want: 'a:web-1b\n' },
  { template: 'l:\n  {{> labels}}', want: 'l:\n  app: web\n  tier: front\n' },
])(
  'a partial with its line for itself is indented, any other is not: $template',
  ({ template, want }) => {
    expect(render(template)).toBe(want)
  },
)

test.each([
  { template: 'a: {{quote (values.name)}}', want: 'a: "web"' },
  { template: 'a: {{#if (values.nope)}}x{{else}}y{{/if}}', want: 'a: y' },
  { template: 'a: {{len (values.list)}}', want: 'a: 2' },
  { template: 'a: {{len (values.asMap)}}', want: 'a: 8' },
])('brackets around a path mean the path: $template', ({ template, want }) => {
  expect(render(template)).toBe(want)
})

test.each(['"4"', 'true', 'null', '-1', '1.5', 'values.list'])('indent=%s is refused', (width) => {
  expect(() => render(`{{toYaml values.list indent=${width}}}`)).toThrow(
    'the option "indent" wants a whole number of blanks',
  )
})

// A block stands where its tag does, as if the partial had it as it is written below the tag.
test.each([
  {
    template: 'c:\n  {{#> frame}}\n  a: 1\n  {{/frame}}\nd: 1\n',
    want: 'c:\n  - name: x\n    a: 1\n    last: 1\nd: 1\n',
  },
  {
    template: 'c:\n{{#> frame}}\na: 1\n{{/frame}}\nd: 1\n',
    want: 'c:\n- name: x\n  a: 1\n  last: 1\nd: 1\n',
  },
  {
    template:
      'c:\n  {{#> frame}}\n  {{#if values.map}}\n  m:\n    {{toYaml values.map}}\n  {{/if}}\n  {{> labels}}\n  n: {{values.name}}\n  {{/frame}}\n',
    want: 'c:\n  - name: x\n    m:\n      a: 1\n      b:\n      - x\n      - "y"\n    app: web\n    tier: front\n    n: web\n    last: 1\n',
  },
  {
    template:
      'c:\n  {{#> frame}}\n  e:\n    {{#> frame}}\n    a: 1\n    {{/frame}}\n  f: 1\n  {{/frame}}\n',
    want: 'c:\n  - name: x\n    e:\n      - name: x\n        a: 1\n        last: 1\n    f: 1\n    last: 1\n',
  },
  {
    template:
      '{{#each values.list}}\n  {{#> frame @root}}\n  a: |\n    one\n\n    two\n  {{/frame}}\n{{/each}}\n',
    want: '  - name: x\n    a: |\n      one\n    \n      two\n    last: 1\n'.repeat(2),
  },
  { template: '  {{#> plain}}\n  - a\n  {{/plain}}\n', want: '  b:\n  - a\n' },
  { template: 'c: {{#> plain}}a{{/plain}}\n', want: 'c: b:\na\n' },
  {
    template: 'c:\r\n  {{#> frame}}\r\n  a: 1\r\n  {{/frame}}\r\nd: 1\r\n',
    want: 'c:\r\n  - name: x\n    a: 1\r\n    last: 1\nd: 1\r\n',
  },
])('a partial with a block is indented like its tag: $template', ({ template, want }) => {
  expect(render(template)).toBe(want)
})
