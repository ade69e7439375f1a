import { expect, test } from 'vitest'
import { renderRelease } from '../../../src/actions/render.ts'
import { isNative } from '../../../src/chart/chart.ts'
import { composeValues } from '../../../src/values/compose-values.ts'
import { chartOf, chartYaml, type ChartFiles } from '../../support/chart-builder.ts'

const DB = 'dependencies: [{name: db, version: 1.0.0}]\n'

/** Renders a chart with what a person passes; gives each file's text by its path. */
function render(files: ChartFiles, passed = ''): Record<string, string> {
  const chart = chartOf(files)
  const values = composeValues(
    { files: [{ name: 'prod.yaml', text: passed }] },
    isNative(chart) ? 'core' : 'helm',
  )
  const release = { name: 'r', namespace: 'apps', revision: 1, isUpgrade: false }
  const rendered = renderRelease({ chart, values, release, options: {} })
  return Object.fromEntries(rendered.files.map(({ path, content }) => [path, content]))
}

const NATIVE_DB: ChartFiles = {
  'charts/db/Chart.yaml': chartYaml('db'),
  'charts/db/values.yaml': 'size: 1000000\nmode: on\nport: 5432\n',
  'charts/db/templates/_name.hbs': '{{release.name}}-db',
  'charts/db/templates/db.yaml.hbs':
    'name: {{> name}}\nsize: {{values.size}}\nmode: {{values.mode}}\nport: {{values.port}}\nglobal: {{values.global.domain}}\n',
}

test('a native subchart keeps its YAML 1.2 below a Helm chart', () => {
  const files = {
    'Chart.yaml': chartYaml('web', DB),
    'values.yaml': 'mode: on\nsize: 1000000\ndb: {port: 1000001}\nglobal: {domain: example.com}\n',
    'templates/web.yaml':
      'mode: {{ .Values.mode }}\nsize: {{ .Values.size }}\ndb: {{ include "db/name" . }}\n',
    ...NATIVE_DB,
  }
  expect(render(files, 'db: {size: 2000000}\n')).toEqual({
    'web/templates/web.yaml': 'mode: true\nsize: 1e+06\ndb: r-db\n',
    'web/charts/db/templates/db.yaml.hbs':
      'name: r-db\nsize: 2000000\nmode: on\nport: 1000001\nglobal: example.com\n',
  })
})

test('a Helm subchart keeps its YAML 1.1 below a native chart', () => {
  const files = {
    'Chart.yaml': chartYaml('web', DB),
    'values.yaml': 'mode: on\nsize: 1000000\ndb: {port: 5433}\n',
    'templates/web.yaml.hbs':
      'mode: {{values.mode}}\nsize: {{values.size}}\ndb: {{include "db.name" this}}\n',
    'charts/db/Chart.yaml': chartYaml('db'),
    'charts/db/values.yaml': 'size: 1000000\nmode: on\nport: 5432\n',
    'charts/db/templates/_helpers.tpl': '{{ define "db.name" }}{{ .Release.Name }}-db{{ end }}',
    'charts/db/templates/db.yaml':
      'name: {{ include "db.name" . }}\nsize: {{ .Values.size }}\nmode: {{ .Values.mode }}\nport: {{ .Values.port }}\n',
  }
  expect(render(files)).toEqual({
    'web/templates/web.yaml.hbs': 'mode: on\nsize: 1000000\ndb: r-db\n',
    'web/charts/db/templates/db.yaml': 'name: r-db\nsize: 1e+06\nmode: true\nport: 5433\n',
  })
})

test('a condition and an alias serve native subcharts too', () => {
  const files = {
    'Chart.yaml': chartYaml(
      'web',
      'dependencies:\n- {name: db, version: 1.0.0, alias: main, condition: main.enabled}\n- {name: db, version: 1.0.0, alias: spare, condition: spare.enabled}\n',
    ),
    'values.yaml': 'main: {size: 1}\nspare: {enabled: false}\n',
    ...NATIVE_DB,
  }
  expect(render(files)).toEqual({
    'web/charts/main/templates/db.yaml.hbs':
      'name: r-db\nsize: 1\nmode: on\nport: 5432\nglobal: \n',
  })
})

test('partials of a library chart serve both engines, with the caller’s facts', () => {
  const files = {
    'Chart.yaml': chartYaml('web', 'dependencies: [{name: common, version: 1.0.0}]\n'),
    'charts/common/Chart.yaml': chartYaml('common', 'type: library\n'),
    'charts/common/templates/_labels.yaml.hbs':
      'app: {{chart.name}}\nrelease: {{release.name}}\n{{> tier}}\n',
    'charts/common/templates/_tier.hbs': 'tier: {{default "front" tier}}\n',
    'charts/common/templates/none.yaml.hbs': 'a library gives no output',
    'templates/a.yaml.hbs': 'labels:\n  {{> common/labels tier="back"}}\n',
    'templates/b.yaml': 'labels:\n  {{- include "common/labels" . | nindent 2 }}\n',
  }
  expect(render(files)).toEqual({
    'web/templates/a.yaml.hbs': 'labels:\n  app: web\n  release: r\n  tier: back\n',
    'web/templates/b.yaml': 'labels:\n  app: web\n  release: r\n  tier: front\n  \n',
  })
})

test('of partials that charts call alike, each chart includes its own', () => {
  const files = {
    'Chart.yaml': chartYaml('web', 'dependencies: [{name: db, version: 1.0.0}]\n'),
    'charts/db/Chart.yaml': chartYaml('db'),
    'charts/db/templates/_name.hbs': 'db{{~!~}}',
    'charts/db/templates/_title.hbs': 'The {{include "name" this}}{{~!~}}',
    'charts/db/templates/_port.hbs': '5432{{~!~}}',
    'charts/db/templates/a.yaml.hbs':
      'a: {{> title}}, {{include "title" this}} of {{include "web/title" this}}\n',
    'templates/_name.hbs': 'web{{~!~}}',
    'templates/_title.hbs': 'My {{include "name" this}}{{~!~}}',
    'templates/a.yaml.hbs':
      'a: {{> title}}, {{include "title" this}} by {{> db/title}}, {{include "db/title" this}} at {{include "port" this}}\n',
  }
  expect(render(files)).toEqual({
    'web/charts/db/templates/a.yaml.hbs': 'a: The db, The db of My web\n',
    'web/templates/a.yaml.hbs': 'a: My web, My web by The db, The db at 5432\n',
  })
})

test('one Handlebars template makes the values of all templates YAML 1.2', () => {
  const files = {
    'values.yaml': 'mode: on\nsize: 1000000\n',
    'templates/a.yaml': 'mode: {{ .Values.mode }}\nsize: {{ .Values.size }}\n',
  }
  expect(render(files)).toEqual({ 'web/templates/a.yaml': 'mode: true\nsize: 1e+06\n' })
  expect(render({ ...files, 'templates/b.yaml.hbs': 'x: 1\n' })).toEqual({
    'web/templates/a.yaml': 'mode: on\nsize: 1000000\n',
    'web/templates/b.yaml.hbs': 'x: 1\n',
  })
})

test('notes and hooks may be native', () => {
  const chart = chartOf({
    'templates/NOTES.txt.hbs': 'Hello {{release.name}}.\n',
    'templates/job.yaml.hbs':
      'apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: {{release.name}}\n  annotations:\n    helm.sh/hook: pre-install\n',
  })
  const release = { name: 'r', namespace: 'apps', revision: 1, isUpgrade: false }
  const { notes, hooks, text } = renderRelease({ chart, values: new Map(), release, options: {} })
  expect({ notes, text, hooks: hooks.map(({ name, events }) => ({ name, events })) }).toEqual({
    notes: 'Hello r.\n',
    text: '',
    hooks: [{ name: 'r', events: ['pre-install'] }],
  })
})
