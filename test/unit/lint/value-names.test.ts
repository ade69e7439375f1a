import { expect, test } from 'vitest'
import { Findings } from '../../../src/lint/finding.ts'
import { lintValueNames } from '../../../src/lint/value-names.ts'
import { chartOf, chartYaml } from '../../support/chart-builder.ts'

const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    replicas: { type: 'integer' },
    image: { $ref: '#/definitions/image' },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    extra: { type: 'object' },
    sinks: { type: 'array', items: { type: 'object', additionalProperties: false } },
    store: {
      allOf: [{ type: 'object', additionalProperties: false, properties: { kind: {}, disk: {} } }],
    },
    either: { anyOf: [{ additionalProperties: false, properties: { a: {} } }, { type: 'object' }] },
    zones: {
      type: 'object',
      additionalProperties: false,
      patternProperties: { '^z': {} },
    },
  },
  definitions: {
    image: {
      type: 'object',
      additionalProperties: false,
      properties: { repository: { type: 'string' }, tag: { type: 'string' } },
    },
  },
}

function lint(template: string, files: Record<string, string> = {}): string[] {
  const findings = new Findings()
  const all = {
    'values.schema.json': JSON.stringify(SCHEMA),
    'templates/a.yaml.hbs': template,
    ...files,
  }
  lintValueNames(chartOf(all), findings)
  return findings.all.map(({ severity, span, message }) =>
    [severity, `${span?.file}:${span?.line}:${span?.column}`, message].join(' '),
  )
}

test.each([
  [
    '{{release.nmae}}',
    'error templates/a.yaml.hbs:1:3 line 1: release.nmae is read, but release has only name, namespace, revision, isInstall, isUpgrade, service',
  ],
  [
    '{{#each values.sinks}}{{@root.Capabilities.kubeVerison.minor}}{{/each}}',
    'error templates/a.yaml.hbs:1:25 line 1: Capabilities.kubeVerison is read, but capabilities has only kubeVersion, apiVersions, helmVersion',
  ],
  [
    '{{vaules.replicas}}',
    'warning templates/a.yaml.hbs:1:3 line 1: vaules.replicas is read, but templates see no "vaules"; did you mean "values"?',
  ],
])('%s is told of', (template, finding) => {
  expect(lint(template)).toEqual([finding])
})

test.each([
  '{{release.name}}{{Release.IsInstall}}{{release.isupgrade}}{{chart.annotations.a}}',
  '{{#if (capabilities.apiVersions.has "apps/v1")}}{{files.get "a"}}{{template.basePath}}{{/if}}',
  '{{#each values.sinks}}{{release.nmae}}{{vaules.a}}{{/each}}',
  '{{port.name}}{{subcharts.db.values.a}}{{this.release.name}}',
])('%s is not told of', (template) => {
  expect(lint(template)).toEqual([])
})

const refused = (name: string, advice: string): string =>
  `${name} is read, but values.schema.json allows no such value; ${advice}`

test.each([
  ['{{values.replicsa}}', 'values.replicsa', 'did you mean "replicas"?'],
  ['{{Values.replicsa}}', 'values.replicsa', 'did you mean "replicas"?'],
  ['{{values.image.tga}}', 'values.image.tga', 'did you mean "tag"?'],
  ['{{toYaml values.image.tga}}', 'values.image.tga', 'did you mean "tag"?'],
  ['{{quote (default 1 values.image.tga)}}', 'values.image.tga', 'did you mean "tag"?'],
  ['{{#if values.picture.tag}}x{{/if}}', 'values.picture', 'declare it there'],
  ['{{#if true}}{{values.nothing}}{{/if}}', 'values.nothing', 'declare it there'],
  ['{{#each values.sinks}}{{../values.nothing}}{{/each}}', 'values.nothing', 'declare it there'],
  ['{{#with values.image}}{{@root.values.nothing}}{{/with}}', 'values.nothing', 'declare it there'],
  ['{{#each values.nothing}}{{/each}}', 'values.nothing', 'declare it there'],
  ['{{values.store.dsik}}', 'values.store.dsik', 'did you mean "disk"?'],
  ['{{values.constructor}}', 'values.constructor', 'declare it there'],
])('%s reads what no values can have', (template, name, advice) => {
  const column = template.search(new RegExp(`(?:@root\\.|\\.\\./)?${name}`, 'i')) + 1
  expect(lint(template)).toEqual([
    `error templates/a.yaml.hbs:1:${column} line 1: ${refused(name, advice)}`,
  ])
})

test.each([
  '{{values.replicas}} {{values.image.tag}}',
  '{{toYaml values}}',
  '{{values.labels.any}} {{values.extra.any.thing}}',
  '{{values.either.b}} {{values.zones.z1}}',
  '{{values.sinks.length}}',
  '{{values.global.region}}',
  // What is read there is not the chart's values.
  '{{#each values.sinks}}{{values.nothing}}{{/each}}',
  '{{#with values.extra}}{{values.nothing}}{{/with}}',
  '{{#values.extra}}{{values.nothing}}{{/values.extra}}',
  '{{#each values.sinks as |values|}}{{values.nothing}}{{/each}}',
  '{{#each values.sinks}}{{../../values.nothing}}{{/each}}',
])('nothing is said of %s', (template) => {
  expect(lint(template)).toEqual([])
})

test('partials are read where they are called, and once', () => {
  const files = {
    'templates/_name.hbs': '\n  {{values.nothing}}',
    'templates/_unused.hbs': '{{values.nothing}}',
  }
  const found = `error templates/_name.hbs:2:5 line 2: ${refused('values.nothing', 'declare it there')}`
  expect(lint('{{> name}} {{> name}}', files)).toEqual([found])
  expect(lint('{{> name kind="web"}}', files)).toEqual([found])
  expect(lint('{{> name values.extra}} {{> name values=values.extra}}', files)).toEqual([])
  expect(lint('{{#each values.sinks}}{{> name}}{{/each}}', files)).toEqual([])
})

test('partials that call each other come to an end', () => {
  const files = { 'templates/_a.hbs': '{{> b}}{{values.nothing}}', 'templates/_b.hbs': '{{> a}}' }
  expect(lint('{{> a}}', files)).toHaveLength(1)
})

test('the values of dependencies are theirs', () => {
  const dependencies = 'dependencies: [{name: db, version: 1.0.0, alias: store2}]\n'
  const files = { 'Chart.yaml': chartYaml('web', dependencies) }
  expect(lint('{{values.store2.size}}', files)).toEqual([])
  expect(lint('{{values.db.size}}', files)).toHaveLength(1)
})

test('without a schema a name that is nearly one of values.yaml is told', () => {
  const files = { 'values.schema.json': '{}', 'values.yaml': 'replicas: 1\nimage: {tag: a}\n' }
  expect(lint('{{values.replicsa}}', files)).toEqual([
    'warning templates/a.yaml.hbs:1:3 line 1: values.replicsa is read, but values.yaml has "replicas" there',
  ])
  expect(lint('{{values.optional}} {{values.image.tga}} {{values.image.tag.x}}', files)).toEqual([])
})
