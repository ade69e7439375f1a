import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openChartFolder } from '../../../src/chart/chart-folder.ts'
import { lintChart } from '../../../src/lint/lint-chart.ts'
import { chartYaml, writeChart, type ChartFiles } from '../../support/chart-builder.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

const HEAD = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: '

/** What lint says of a native chart: severity, place and message. */
function lint(files: ChartFiles, template = 'templates/a.yaml.hbs'): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'lint-native-'))
  folders.push(folder)
  const all = {
    'Chart.yaml': chartYaml('web', 'icon: https://example.com/a.png\n'),
    'values.yaml': 'replicas: 1\n',
    [template]: `${HEAD}a\n`,
    ...files,
  }
  const { findings } = lintChart(openChartFolder(writeChart(join(folder, 'web'), all)), {
    valuesFor: () => new Map(),
    namespace: 'default',
    kubeVersion: undefined,
    skipSchemaValidation: false,
    strictValues: false,
    hygiene: false,
    onWarning: () => undefined,
  })
  return findings.map(({ severity, span, message }) => {
    const { file, line, column } = span ?? {}
    return [
      severity,
      [file, line, column].filter((each) => each !== undefined).join(':'),
      message,
    ].join(' ')
  })
}

test('a chart without mistakes has no findings', () => {
  expect(lint({})).toEqual([])
})

test('keys that a template writes twice', () => {
  const template = `${HEAD}{{release.name}}\ndata:\n  {{#if values.replicas}}\n  a: b\n  {{/if}}\n  a: c\n`
  expect(lint({ 'templates/a.yaml.hbs': template })).toEqual([
    'warning templates/a.yaml.hbs:9 line 9: key "a" stands twice; the last one counts',
  ])
})

test('objects that stand twice', () => {
  const files = {
    'templates/b.yaml.hbs': `${HEAD}b\n---\n${HEAD}a\n`,
    'templates/c.yaml.hbs': `${HEAD}c\n---\n${HEAD}c\n`,
    'templates/d.yaml.hbs': `${HEAD}a\n  namespace: other\n`,
  }
  expect(lint(files)).toEqual([
    'warning templates/b.yaml.hbs:6 line 6: ConfigMap/a is made by templates/a.yaml.hbs too; the last one counts',
    'warning templates/c.yaml.hbs:6 line 6: ConfigMap/c is made by this file too; the last one counts',
  ])
})

test('objects without kind or version', () => {
  const files = {
    'templates/b.yaml.hbs': 'apiVersion: v1\nmetadata:\n  name: b\n',
    'templates/c.yaml.hbs': '# A comment.\n---\nkind: Pod\nmetadata:\n  name: c\n',
    'templates/d.yaml.hbs': '{{#if values.no}}\n{{/if}}\n---\n# Nothing.\n',
  }
  expect(lint(files)).toEqual([
    'error templates/b.yaml.hbs:1 line 1: an object has no kind',
    'error templates/c.yaml.hbs:3 line 3: an object has no apiVersion',
  ])
})

test('hooks of no event', () => {
  const hook = (events: string): string => `${HEAD}a\n  annotations:\n    helm.sh/hook: ${events}\n`
  expect(lint({ 'templates/a.yaml.hbs': hook('post-install, pre-instal') })).toEqual([
    'error templates/a.yaml.hbs:6 line 6: "pre-instal" is no event of a hook, so the object is left out; did you mean "pre-install"?',
  ])
  expect(lint({ 'templates/a.yaml.hbs': hook('sometimes') })).toEqual([
    'error templates/a.yaml.hbs:6 line 6: "sometimes" is no event of a hook, so the object is left out; there are pre-install, post-install, pre-delete, post-delete, pre-upgrade, post-upgrade, pre-rollback, post-rollback, test, test-success',
  ])
  expect(lint({ 'templates/a.yaml.hbs': hook('pre-install,TEST') })).toEqual([])
})

test('all files of templates that are rendered are looked at', () => {
  const files = {
    'templates/b.txt.hbs': 'some text\n',
    'templates/NOTES.txt.hbs': 'some text\n',
    'templates/_c.hbs': 'some text\n',
  }
  expect(lint(files)).toEqual([
    'error templates/b.txt.hbs:1 unable to parse YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type rules.k8sYamlStruct',
  ])
})

test('two partials of one name', () => {
  const files = { 'templates/_p.hbs': 'a: b\n', 'templates/sub/_p.yaml.hbs': 'a: c\n' }
  expect(lint(files)).toEqual([
    'warning templates/sub/_p.yaml.hbs "p" is also the name of templates/_p.hbs; one of them is never printed',
  ])
})

test('values that the schema does not take, and what was meant', () => {
  const schema = { properties: { replicas: {} }, additionalProperties: false }
  const files = {
    'values.yaml': 'replicsa: 1\n',
    'values.schema.json': JSON.stringify(schema),
  }
  expect(lint(files)[1]).toBe(
    `error values.yaml:1:1 values don't meet the specifications of the schema(s) in the following chart(s):
web:
- at '': additional properties 'replicsa' not allowed
/replicsa is set in values.yaml:1; did you mean "replicas"?
\tChange these values in your files or flags, or pass --skip-schema-validation.`,
  )
})

test('presets that are no YAML, do not fit the schema, or are never found', () => {
  const schema = { properties: { replicas: { type: 'integer' } } }
  const files = {
    'values.schema.json': JSON.stringify(schema),
    'presets/a.yaml': '# Much.\nreplicas: "3"\n',
    'presets/b.yaml': 'a: 1\n b: 2\n',
    'presets/c.yaml': 'replicas: 3\n',
    'presets/d.yml': 'replicas: 3\n',
    'presets/e/f.yaml': 'replicas: 3\n',
    'presets/README.md': 'Presets.\n',
  }
  expect(lint(files)).toEqual([
    "error presets/a.yaml:2:1 line 2: the values of the preset do not fit values.schema.json\n- at '/replicas': got string, want integer",
    'error presets/b.yaml:2:3 error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context',
    'warning presets/d.yml this is no preset: presets are files presets/NAME.yaml',
    'warning presets/e/f.yaml this is no preset: presets are files presets/NAME.yaml',
  ])
})

test.each([
  { $schema: 'http://json-schema.org/draft-07/schema', items: [{ minimun: 1 }] },
  { dependencies: { replicas: { minimun: 1 }, other: ['replicas'] } },
  { contentSchema: { minimun: 1 } },
  { $defs: { default: { minimun: 1 } } },
])('keywords are looked for wherever schemas are: %j', (schema) => {
  const told = lint({ 'values.schema.json': JSON.stringify(schema) })
  const message = '"minimun" is no keyword of a schema; did you mean "minimum"?'
  expect(told.map((line) => line.replace(/^.*line 1: /, ''))).toEqual([message])
})

test('schemas that refuse their own defaults, and words that are no keywords', () => {
  const schema = {
    properties: {
      replicas: { type: 'integer', default: '3' },
      size: { $ref: '#/$defs/size', default: 'medium' },
      list: { type: 'array', items: { type: 'string', minLenght: 3, default: 'a' } },
      mode: { enum: ['a', 'b'], default: 'a', 'x-order': 1, markdownDescription: 'b' },
      none: { type: 'string', default: null },
      maximun: { type: 'integer' },
    },
    $defs: { size: { enum: ['small', 'large'] } },
  }
  const text = JSON.stringify(schema, undefined, 2)
  const lineOf = (part: string): string => {
    const lines = text.split('\n')
    const at = lines.findIndex((line) => line.includes(part))
    return `values.schema.json:${at + 1}:${(lines[at] ?? '').indexOf('"') + 1} line ${at + 1}`
  }
  expect(lint({ 'values.schema.json': text })).toEqual([
    `warning ${lineOf('"default": "3"')}: the schema refuses its own default: got string, want integer`,
    `warning ${lineOf('"default": "medium"')}: the schema refuses its own default: value must be one of 'small', 'large'`,
    `warning ${lineOf('minLenght')}: "minLenght" is no keyword of a schema; did you mean "minLength"?`,
  ])
})

test('what a chart that does not render is told comes with advice', () => {
  expect(lint({ 'templates/a.yaml.hbs': 'a\n{{#if values.replicas}}\n' })).toEqual([
    'error web/templates/a.yaml.hbs:2:1 parse error at (web/templates/a.yaml.hbs:2:0): {{#if}} is not closed\n\tClose {{#if}} of line 2 with {{/if}}.',
  ])
})

test('a Helm chart is told of what Helm tells of, and no more', () => {
  const files = {
    'presets/d.yml': 'replicas: 3\n',
    'values.schema.json': '{"properties":{"replicas":{"default":"3","type":"integer"}}}',
    'templates/b.yaml': `${HEAD}a\ndata:\n  a: b\n  a: c\n`,
  }
  expect(lint(files)).toHaveLength(4)
  expect(lint(files, 'templates/a.yaml')).toEqual([])
})
