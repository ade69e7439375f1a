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
    sinks: { type: 'array', items: { type: 'object' } },
    hosts: {
      type: 'array',
      items: { type: 'object', additionalProperties: false, properties: { host: {}, paths: {} } },
    },
    pods: { type: 'object', additionalProperties: { $ref: '#/definitions/image' } },
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
  '{{subcharts.db.values.a}}{{this.release.name}}',
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
  ['{{#unless true}}{{values.replicsa}}{{/unless}}', 'values.replicsa', 'did you mean "replicas"?'],
  ['{{#if true}}{{else if values.replicsa}}{{/if}}', 'values.replicsa', 'did you mean "replicas"?'],
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
  expect(lint('{{#each values.sinks}}{{> name @root}}{{/each}}', files)).toEqual([found])
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
  expect(lint('{{#if false}}{{values.image.tga}}{{/if}}', files)).toEqual([
    'warning templates/a.yaml.hbs:1:16 line 1: values.image.tga is read, but values.yaml has "tag" there',
  ])
  expect(lint('{{values.optional}} {{values.image.cat}} {{values.image.tag.x}}', files)).toEqual([])
})

test('an open schema tells of names that are nearly its own, and of none that it declares', () => {
  const schema = { properties: { hostname: {}, replicas: {} } }
  const files = {
    'values.schema.json': JSON.stringify(schema),
    'values.yaml': 'hostnames: []\n',
  }
  expect(lint('{{values.hostname}}{{values.replicaz}}', files)).toEqual([
    'warning templates/a.yaml.hbs:1:22 line 1: values.replicaz is read, but values.schema.json has "replicas" there',
  ])
})

const NAMES = 'names begin with values, release, chart, capabilities, files, subcharts or template'

test.each([
  ['{{replicaz}}', 'replicaz', 'did you mean "values.replicas"?'],
  ['{{#if false}}{{replicaz}}{{/if}}', 'replicaz', 'did you mean "values.replicas"?'],
  ['{{replicas}}', 'replicas', 'did you mean "values.replicas"?'],
  ['{{quote image.tag}}', 'image.tag', 'did you mean "values.image.tag"?'],
  ['{{vaules}}', 'vaules', 'did you mean "values"?'],
  ['{{port.name}}', 'port.name', NAMES],
  ['{{quote lower values.replicas}}', 'lower', 'put the call into parentheses: (lower …)'],
])('%s has no such name around it', (template, name, advice) => {
  const column = template.search(new RegExp(name.replace('.', '\\.'))) + 1
  const root = name.split('.')[0]
  expect(lint(template)).toEqual([
    `warning templates/a.yaml.hbs:1:${column} line 1: ${name} is read, but templates see no "${root}"; ${advice}`,
  ])
})

test('names that a partial is given are there, and it may wait for others', () => {
  const files = { 'templates/_p.hbs': '{{kind}}{{quote title}}{{other}}{{replicaz}}' }
  const found =
    'warning templates/_p.hbs:1:35 line 1: replicaz is read, but templates see no "replicaz"; did you mean "values.replicas"?'
  expect(lint('{{> p}}{{> p kind=1}}', files)).toEqual([found])
  expect(lint('{{> p replicaz=1}}', files)).toEqual([])
  const frame = { 'templates/_f.hbs': '{{#each values.sinks}}{{> @partial-block x=1}}{{/each}}' }
  expect(lint('{{#> f}}{{x}}{{name}}{{replicaz}}{{/f}}', frame)).toEqual([])
})

test('helpers without arguments are calls', () => {
  expect(lint('{{now}}{{quote (uuidv4)}}{{#if (now)}}a{{/if}}')).toEqual([])
})

test.each([
  [
    '{{#each values.hosts}}{{hsot}}{{/each}}',
    'error templates/a.yaml.hbs:1:25 line 1: values.hosts.*.hsot is read, but values.schema.json allows no such value; did you mean "host"?',
  ],
  [
    '{{#each values.hosts as |h|}}{{#each h.paths}}{{../hsot}}{{/each}}{{/each}}',
    'error templates/a.yaml.hbs:1:49 line 1: values.hosts.*.hsot is read, but values.schema.json allows no such value; did you mean "host"?',
  ],
  [
    '{{#each values.pods as |pod name|}}{{name.x}}{{pod.tga}}{{/each}}',
    'error templates/a.yaml.hbs:1:48 line 1: values.pods.*.tga is read, but values.schema.json allows no such value; did you mean "tag"?',
  ],
  [
    '{{#with values.image}}{{tga}}{{/with}}',
    'error templates/a.yaml.hbs:1:25 line 1: values.image.tga is read, but values.schema.json allows no such value; did you mean "tag"?',
  ],
  [
    '{{#each values.hosts}}{{values.replicas}}{{/each}}',
    'warning templates/a.yaml.hbs:1:25 line 1: values.replicas is read of values.hosts.*, which has no "values"; write @root.values.replicas',
  ],
  [
    '{{#each values.sinks}}{{values.replicas}}{{/each}}',
    'warning templates/a.yaml.hbs:1:25 line 1: values.replicas is read of values.sinks.*, which has no "values"; write @root.values.replicas',
  ],
  [
    '{{values.replicas}}{{../values.replicas}}',
    'error templates/a.yaml.hbs:1:22 line 1: ../values.replicas is read, but nothing lies around the template there; write @root.values.replicas or fewer "../"',
  ],
  [
    '{{#each values.sinks}}{{../../release.name}}{{/each}}',
    'error templates/a.yaml.hbs:1:25 line 1: ../release.name is read, but nothing lies around the template there; write @root.release.name or fewer "../"',
  ],
])('%s is read where it is not', (template, finding) => {
  expect(lint(template)).toEqual([finding])
})

test('what a loop goes through tells what its items have', () => {
  const files = {
    'values.schema.json': '{}',
    'values.yaml':
      'ports: [{name: a, number: 1}]\ntags: [a]\nnone: []\nof: {a: {chart: {name: b}}}\n',
  }
  const at = (column: number, message: string): string =>
    `warning templates/a.yaml.hbs:1:${column} line 1: ${message}`
  expect(lint('{{#each values.ports}}{{nubmer}}{{nmae}}{{other}}{{/each}}', files)).toEqual([
    at(25, 'values.ports.*.nubmer is read, but values.yaml has "number" there'),
    at(35, 'values.ports.*.nmae is read, but values.yaml has "name" there'),
  ])
  expect(lint('{{#each values.tags}}{{release.name}}{{/each}}', files)).toEqual([
    at(
      24,
      'release.name is read of values.tags.*, which has no "release"; write @root.release.name',
    ),
  ])
  const unknown =
    '{{#each values.none}}{{release.name}}{{/each}}{{#each values.of}}{{chart.name}}{{/each}}{{#each (until 2)}}{{release.name}}{{/each}}{{#with subcharts.db}}{{release.name}}{{values.ports}}{{/with}}'
  expect(lint(unknown, files)).toEqual([])
})

test('a partial reaches nothing around its call', () => {
  const files = { 'templates/_p.hbs': '{{../values.replicas}}' }
  expect(lint('{{#each values.sinks}}{{> p}}{{/each}}', files)).toEqual([
    'error templates/_p.hbs:1:3 line 1: ../values.replicas is read, but a partial sees nothing of what lies around its call; write @root.values.replicas or fewer "../"',
  ])
})

test('partials of a library chart are known, and broken ones that nothing calls are told of', () => {
  const files = {
    'charts/lib/Chart.yaml': chartYaml('lib', 'type: library\n'),
    'charts/lib/templates/_labels.hbs': 'a: b\n',
    'templates/_unused.hbs': 'a: b\nc: {{#if values.replicas}}\n',
  }
  expect(lint('{{> lib/labels}}{{values.replicsa}}', files)).toEqual([
    'error templates/_unused.hbs:2:4 line 2: {{#if}} is not closed',
    `error templates/a.yaml.hbs:1:19 line 1: ${refused('values.replicsa', 'did you mean "replicas"?')}`,
  ])
})
