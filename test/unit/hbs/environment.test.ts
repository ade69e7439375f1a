import { expect, test } from 'vitest'
import { PkgError } from '../../../src/base/errors.ts'
import { decodeYamlMap } from '../../../src/encoding/yaml-decode.ts'
import { offlineCapabilities } from '../../../src/render/capabilities.ts'
import { renderChart } from '../../../src/render/render-chart.ts'
import { chartOf, chartYaml, type ChartFiles } from '../../support/chart-builder.ts'

const VALUES = `
name: web
replicas: 1000000
big: 9007199254740993
ratio: 0.5
whole: 2.0
"on": true
"off": false
nothing: null
empty: {}
none: []
list: [b, a]
people: [{name: Ann, title: Dr}, {name: Bob}]
map: {z: 1, a: 2}
html: <b>&"'
__proto__: {polluted: yes}
constructor: mine
`

/** Renders a native chart of these files; gives the text of each file. */
function renderFiles(files: ChartFiles): Record<string, string> {
  const chart = chartOf(files)
  const values = decodeYamlMap(VALUES, { dialect: 'core' })
  const release = { name: 'r', namespace: 'apps', revision: 1, isUpgrade: false }
  const context = { release, capabilities: offlineCapabilities() }
  const rendered = renderChart(chart, values, context)
  return Object.fromEntries(rendered.map(({ path, content }) => [path, content]))
}

function render(template: string, others: ChartFiles = {}): string {
  return (
    renderFiles({ 'templates/x.yaml.hbs': template, ...others })['web/templates/x.yaml.hbs'] ?? ''
  )
}

function failureOf(template: string, others: ChartFiles = {}): PkgError {
  try {
    render(template, others)
  } catch (error) {
    if (error instanceof PkgError) return error
    throw error
  }
  throw new Error('it did not fail')
}

test.each([
  { template: '{{values.name}}', want: 'web' },
  { template: '{{Values.name}}-{{Release.Name}}', want: 'web-r' },
  { template: '{{release.name}} {{release.namespace}} {{release.revision}}', want: 'r apps 1' },
  { template: '{{release.isInstall}} {{release.isUpgrade}}', want: 'true false' },
  { template: '{{chart.name}} {{chart.apiVersion}} {{chart.isRoot}}', want: 'web v2 true' },
  { template: '{{template.name}}', want: 'web/templates/x.yaml.hbs' },
  { template: '{{capabilities.kubeVersion.version}}', want: 'v1.35.0' },
  { template: '{{capabilities.kubeVersion.minor}}', want: '35' },
  { template: '{{#if (capabilities.apiVersions.has "apps/v1")}}yes{{/if}}', want: 'yes' },
  { template: '{{#unless (capabilities.apiVersions.has "x/v1")}}no{{/unless}}', want: 'no' },
])('facts: $template gives $want', ({ template, want }) => {
  expect(render(template)).toBe(want)
})

test.each([
  { template: '{{values.replicas}} {{values.big}}', want: '1000000 9007199254740993' },
  { template: '{{add values.replicas 1}}', want: '1000001' },
  { template: '{{values.replicas}}{{{values.on}}}', want: '1000000true' },
  { template: '{{values.ratio}} {{values.whole}}', want: '0.5 2' },
  { template: '{{values.on}} {{values.off}}', want: 'true false' },
  { template: '[{{values.nothing}}{{values.a.b.c}}{{nope}}]', want: '[]' },
  { template: '{{values.html}} {{{values.html}}}', want: `<b>&"' <b>&"'` },
  {
    template: '{{values.list}} {{values.map}} {{values.empty}}',
    want: '["b","a"] {"a":2,"z":1} {}',
  },
  {
    template: '{{values.list.[0]}} {{lookup values.list 1}} {{lookup values.map "z"}}',
    want: 'b a 1',
  },
])('values: $template gives $want', ({ template, want }) => {
  expect(render(template)).toBe(want)
})

test.each([
  { template: '{{#if values.empty}}a{{else}}b{{/if}}', want: 'b' },
  { template: '{{#if values.none}}a{{else if values.on}}c{{/if}}', want: 'c' },
  { template: '{{#unless values.off}}a{{/unless}}', want: 'a' },
  {
    template: '{{#each values.list}}{{@index}}{{this}}{{#unless @last}},{{/unless}}{{/each}}',
    want: '0b,1a',
  },
  { template: '{{#each values.map}}{{@key}}={{this}};{{/each}}', want: 'a=2;z=1;' },
  { template: '{{#each values.none}}x{{else}}none{{/each}}', want: 'none' },
  { template: '{{#each values.map as |value key|}}{{key}}{{value}}{{/each}}', want: 'a2z1' },
  { template: '{{#each values.people}}{{name}}:{{title}} {{/each}}', want: 'Ann:Dr Bob: ' },
  {
    template: '{{#each values.list}}{{@first}} {{~@index}}{{@last}};{{/each}}',
    want: 'true0false;false1true;',
  },
  {
    template: '{{#each values.list}}{{../values.name}}{{@root.release.name}}{{/each}}',
    want: 'webrwebr',
  },
  { template: '{{#with values.map}}{{a}}{{else}}none{{/with}}', want: '2' },
  { template: '{{#values.list}}{{this}}{{/values.list}}', want: 'ba' },
  { template: '{{#eq values.name "web"}}same{{else}}other{{/eq}}', want: 'same' },
  { template: '{{#if (and values.on (not values.off))}}y{{/if}}', want: 'y' },
  { template: '{{or values.nothing values.name "x"}}', want: 'web' },
])('blocks: $template gives $want', ({ template, want }) => {
  expect(render(template)).toBe(want)
})

test.each([
  { template: '{{quote values.name}} {{upper values.name}}', want: '"web" WEB' },
  { template: '{{default "x" values.nothing}} {{default "x" values.name}}', want: 'x web' },
  { template: '{{printf "%s-%d" values.name values.replicas}}', want: 'web-1000000' },
  { template: '{{toJson values.people}}', want: '[{"name":"Ann","title":"Dr"},{"name":"Bob"}]' },
  { template: 'x:\n  {{toYaml values.map indent=2}}', want: 'x:\n  a: 2\n  z: 1' },
  { template: 'x:{{toYaml values.map nindent=2}}', want: 'x:\n  a: 2\n  z: 1' },
  { template: 'x:{{nindent 2 (toYaml values.map)}}', want: 'x:\n  a: 2\n  z: 1' },
  { template: '{{toJson (dict "a" 1 b=values.name)}}', want: '{"a":1,"b":"web"}' },
  { template: '{{join "," (sortAlpha values.list)}} {{len values.list}}', want: 'a,b 2' },
  { template: '{{index values.list 1}} {{get values.map "z"}}', want: 'a 1' },
  { template: '{{ternary "y" "n" values.on}} {{eq 1 1}} {{lt 1 2}}', want: 'y true true' },
  { template: '{{toJson (lookup "v1" "Secret" "apps" "x")}}', want: '{}' },
  { template: '{{tpl "{{ .Values.name }}" this}}', want: 'web' },
])('functions: $template gives $want', ({ template, want }) => {
  expect(render(template)).toBe(want)
})

test('keys that name parts of a prototype are data, and no prototype is reached', () => {
  expect(render('{{values.__proto__.polluted}} {{values.constructor}}')).toBe('yes mine')
  const template =
    '[{{values.toString}}{{values.name.constructor}}{{values.list.map}}{{release.constructor}}{{this.hasOwnProperty}}{{values.__defineGetter__}}]'
  expect(render(template)).toBe('[]')
})

test('partials are called by their name, with context and arguments', () => {
  const others = {
    'templates/_labels.yaml.hbs': 'app: {{values.name}}\nis: {{kind}}\n',
    'templates/_item.hbs': '{{name}}!',
    'templates/_frame.hbs': '<{{> @partial-block}}>',
  }
  const template =
    'labels:\n  {{> labels kind="pod"}}\n{{#each values.people}}{{> item}}{{/each}}\n{{#> frame}}in{{/frame}}'
  expect(render(template, others)).toBe('labels:\n  app: web\n  is: pod\nAnn!Bob!\n<in>')
})

test('names are laid over the context of a partial, when it has names', () => {
  const others = { 'templates/_item.hbs': '{{name}} is {{title}};' }
  expect(render('{{#each values.people}}{{> item title="x"}}{{/each}}', others)).toBe(
    'Ann is x;Bob is x;',
  )
  expect(render('{{> item values.missing title="x"}}', others)).toBe(' is x;')
})

test.each([
  '{{#each values.list}}\n{{> item title="x"}}\n{{/each}}',
  '\n{{> item values.list title="x"}}',
])('names for a context that has none are an error: %s', (template) => {
  const failure = failureOf(template, { 'templates/_item.hbs': '{{this}}' })
  expect({ message: failure.message, line: failure.span?.line }).toEqual({
    message:
      'execution error at (web/templates/x.yaml.hbs:2:0): a partial is given names (title) but its context is no map: name one, as in {{> partial @root …}}',
    line: 2,
  })
})

test('partials of a subchart are called by its name', () => {
  const files = {
    'charts/lib/Chart.yaml': chartYaml('lib', 'type: library\n'),
    'charts/lib/templates/_outer.hbs': 'outer {{> inner}}',
    'charts/lib/templates/_inner.hbs': 'inner of {{values.name}}',
    'templates/_inner.hbs': 'mine',
    'templates/x.yaml.hbs': '{{> lib/outer}}, {{> inner}}',
  }
  expect(renderFiles(files)).toEqual({ 'web/templates/x.yaml.hbs': 'outer inner of web, mine' })
})

test('both engines use what the other defines', () => {
  const files = {
    'templates/_go.tpl': '{{ define "go.name" }}go {{ .Values.name }}{{ end }}',
    'templates/_native.hbs': 'native {{values.name}}',
    'templates/x.yaml.hbs': '{{include "go.name" this}}, {{> native}}',
    'templates/y.yaml': '{{ include "native" . }}, {{ include "go.name" . }}',
  }
  expect(renderFiles(files)).toEqual({
    'web/templates/x.yaml.hbs': 'go web, native web',
    'web/templates/y.yaml': 'native web, go web',
  })
})

test.each([
  {
    template: 'a\n  {{nope 1}}',
    code: 'TEMPLATE_FAILED',
    place: [2, 3],
    want: 'there is no helper "nope"',
  },
  {
    template: '{{#nope 1}}{{/nope}}',
    code: 'TEMPLATE_FAILED',
    place: [1, 1],
    want: 'there is no helper "nope"',
  },
  {
    template: '{{log "x"}}',
    code: 'TEMPLATE_FAILED',
    place: [1, 1],
    want: 'there is no helper "log"',
  },
  {
    template: 'a\n{{> nope}}',
    code: 'TEMPLATE_SYNTAX',
    place: [2, 1],
    want: 'there is no partial "nope"',
  },
  {
    template: '\n{{required "give a" values.a}}',
    code: 'TEMPLATE_FAILED',
    place: [2, 1],
    want: 'give a',
  },
  {
    template: '{{#if}}{{/if}}',
    code: 'TEMPLATE_FAILED',
    place: [1, 1],
    want: '"if" wants one argument',
  },
  {
    template: '{{trunc "a" "b"}}',
    code: 'TEMPLATE_FAILED',
    place: [1, 1],
    want: 'wrong type of argument for trunc: want int, got string',
  },
  {
    template: '{{quote values.name size=3}}',
    code: 'TEMPLATE_FAILED',
    place: [1, 1],
    want: '"quote" has no option "size"; there are indent and nindent',
  },
  {
    template: 'a\n{{#if values.on}}\nb',
    code: 'TEMPLATE_SYNTAX',
    place: [2, 1],
    want: '{{#if}} is not closed',
  },
  {
    template: 'a\n b {{add 1 (2}} {{values.name}}',
    code: 'TEMPLATE_SYNTAX',
    place: [2, 12],
    want: 'the "(" is not closed',
  },
  {
    template: '{{#if values.on}}\n{{/each}}',
    code: 'TEMPLATE_SYNTAX',
    place: [1, 1],
    want: '{{#if}} is not closed before {{/each}} of line 2',
  },
  {
    template: '{{#*inline "a"}}x{{/inline}}',
    code: 'TEMPLATE_SYNTAX',
    place: [1, 1],
    want: 'decorators and inline partials cannot be used; make it a file "_name.hbs"',
  },
])('$template is refused at its place', ({ template, code, place, want }) => {
  const failure = failureOf(template)
  const [line = 1, column = 1] = place
  const what = code === 'TEMPLATE_SYNTAX' ? 'parse' : 'execution'
  expect({ code: failure.code, message: failure.message, span: failure.span }).toEqual({
    code,
    message: `${what} error at (web/templates/x.yaml.hbs:${line}:${column - 1}): ${want}`,
    span: {
      file: 'web/templates/x.yaml.hbs',
      line,
      column,
      source: template.split('\n')[line - 1],
    },
  })
})

test('an error in a partial names the partial', () => {
  const failure = failureOf('{{> bad}}', { 'templates/_bad.hbs': 'x\n{{fail "no"}}' })
  expect(failure.span).toEqual({
    file: 'web/templates/_bad.hbs',
    line: 2,
    column: 1,
    source: '{{fail "no"}}',
  })
})

test('what is included where names were laid over facts can lay names over them again', () => {
  const template = '{{> outer name="a"}}'
  const others = {
    'templates/_outer.hbs': '{{include "inner" this}}',
    'templates/_inner.hbs': '{{> own name=(upper name)}} {{> own title="c"}}',
    'templates/_own.hbs': '{{name}}{{title}} of {{release.name}}',
  }
  expect(render(template, others)).toBe('A of r ac of r')
})
