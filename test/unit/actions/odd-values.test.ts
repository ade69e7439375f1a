import { expect, test } from 'vitest'
import { renderRelease } from '../../../src/actions/render.ts'
import { PkgError } from '../../../src/base/errors.ts'
import { isNative } from '../../../src/chart/chart.ts'
import { composeValues, type ValueSources } from '../../../src/values/compose-values.ts'
import { chartOf, chartYaml, type ChartFiles } from '../../support/chart-builder.ts'

const release = { name: 'r', namespace: 'apps', revision: 1, isUpgrade: false }

function warnings(files: ChartFiles, sources: ValueSources | string, strictValues = false) {
  const chart = chartOf(files)
  const given =
    typeof sources === 'string' ? { files: [{ name: 'prod.yaml', text: sources }] } : sources
  const values = composeValues(given, isNative(chart) ? 'core' : 'helm')
  return renderRelease({ chart, values, release, options: { strictValues } }).warnings
}

const WEB: ChartFiles = {
  'values.yaml': [
    'replicaCount: 1',
    'image: {repository: web, tag: "1"}',
    'resources: {}',
    'ingress:',
    '  enabled: false',
    '  hosts: [{host: a, paths: []}]',
    '  # className: nginx',
    '',
  ].join('\n'),
  'templates/web.yaml': [
    'kind: ConfigMap',
    'data:',
    '  replicas: {{ .Values.replicaCount }}',
    '  image: {{ .Values.image.repository }}:{{ .Values.image.tag }}@{{ .Values.image.digest }}',
    '  resources: {{ toYaml .Values.resources | nindent 4 }}',
    '  {{- if .Values.ingress.enabled }}',
    '  class: {{ .Values.ingress.className }}',
    '  tls: {{ .Values.ingress.tls.secret }}',
    '  {{- range .Values.ingress.hosts }}',
    '  host: {{ .host }}',
    '  {{- end }}',
    '  {{- end }}',
    '',
  ].join('\n'),
}

test.each<[string, string, string[]]>([
  [
    'a misspelt name of a default',
    'replicaConut: 3\n',
    ['prod.yaml:1: no template reads replicaConut; did you mean "replicaCount"?'],
  ],
  [
    'a misspelt name in a map that templates look into',
    'image:\n  tga: "2"\n  digset: sha256:1\n',
    [
      'prod.yaml:2: no template reads image.tga',
      'prod.yaml:3: no template reads image.digset; did you mean "digest"?',
    ],
  ],
  ['a name like no other', 'colour: red\n', ['prod.yaml:1: no template reads colour']],
  [
    'a misspelt name in a list of what is off',
    'ingress:\n  hosts:\n    - hsot: b\n',
    ['prod.yaml:3: no template reads ingress.hosts.0.hsot; did you mean "host"?'],
  ],
])('%s is told of', (_, text, wanted) => {
  expect(warnings(WEB, text)).toEqual(wanted.map((line) => `warning: ${line}`))
})

test.each([
  ['what templates print as a whole', 'resources: {limits: {cpu: 1}}\n'],
  ['a value that templates read though the defaults lack it', 'image: {digest: "sha256:1"}\n'],
  ['an option in a comment of values.yaml', 'ingress: {className: nginx}\n'],
  ['a value of a part that is off', 'ingress: {tls: {secret: a}}\n'],
  ['a null', 'gone: null\n'],
  ['a name for anchors', 'x-common: &a {tag: "2"}\nimage: *a\n_more: 1\n'],
  ['nothing', ''],
])('%s is not told of', (_, text) => {
  expect(warnings(WEB, text)).toEqual([])
})

test('a value of a flag is told of with the flag', () => {
  expect(warnings(WEB, { set: ['replicaConut=3'] })).toEqual([
    'warning: --set replicaConut: no template reads replicaConut; did you mean "replicaCount"?',
  ])
})

test('values are followed through functions, variables, loops and tpl', () => {
  const files: ChartFiles = {
    'values.yaml': 'text: ""\n',
    'templates/all.yaml': [
      'a: v{{- $deep := deepCopy (.Values.copied | default dict) }}',
      '{{- range $name, $each := .Values.looped }}{{ $each.inner }}{{ end }}',
      '{{- index .Values "by" "index" }}{{ dig "a" "b" "" (.Values.dug | default dict) }}',
      '{{- tpl .Values.text . }}{{ with .Values.scope }}{{ .name }}{{ end }}',
    ].join('\n'),
  }
  const text = [
    'copied: {any: 1}',
    'looped: {one: {inner: 1, outer: 2}}',
    'by: {index: 1}',
    'dug: {a: {b: 1}}',
    'text: "{{ .Values.fromText }}"',
    'fromText: 1',
    'scope: {name: 1, nmae: 2}',
  ].join('\n')
  expect(warnings(files, text)).toEqual([
    'warning: prod.yaml:2: no template reads looped.one.outer',
    'warning: prod.yaml:7: no template reads scope.nmae; did you mean "name"?',
  ])
})

const UMBRELLA: ChartFiles = {
  'Chart.yaml': chartYaml(
    'web',
    'dependencies: [{name: db, version: 1.0.0, condition: db.enabled}]\n',
  ),
  'values.yaml': 'global: {domain: x}\n',
  'templates/web.yaml': 'a: {{ .Values.global.domain }}\n',
  'charts/db/Chart.yaml': chartYaml('db'),
  'charts/db/values.yaml': 'size: 1\n',
  'charts/db/templates/db.yaml': 'a: {{ .Values.size }}{{ .Values.global.region }}\n',
}

test('subcharts and globals are followed', () => {
  const text = [
    'db: {enabled: true, size: 2, sizee: 3}',
    'global: {domain: a, region: b, zone: c}',
    'tags: {back: true}',
  ].join('\n')
  expect(warnings(UMBRELLA, text)).toEqual([
    'warning: prod.yaml:1: no template reads db.sizee; did you mean "size"?',
    'warning: prod.yaml:2: no template reads global.zone',
  ])
})

test('values of a subchart that is off are not told of', () => {
  expect(warnings(UMBRELLA, 'db: {enabled: false, any: 1}\n')).toEqual([])
})

test('values of Handlebars templates are told of too', () => {
  const files: ChartFiles = {
    'values.yaml': 'name: a\nlist: [{port: 1}]\n',
    'templates/web.yaml.hbs':
      'name: {{values.name}}\n{{#each values.list}}p{{@index}}: {{port}}\n{{/each}}more: {{toJson values.more}}\n',
  }
  expect(warnings(files, 'naem: b\nlist: [{port: 1, prot: 2}]\nmore: {any: 1}\n')).toEqual([
    'warning: prod.yaml:1: no template reads naem; did you mean "name"?',
    'warning: prod.yaml:2: no template reads list.0.prot; did you mean "port"?',
  ])
})

test('a key that stands twice in a file of the person is told of', () => {
  expect(warnings(WEB, 'image: {tag: "1"}\nreplicaCount: 1\nreplicaCount: 2\n')).toEqual([
    'warning: prod.yaml:3: key "replicaCount" is also in line 2; the last one counts',
  ])
})

test('of many only the first ten are told', () => {
  const text = Array.from({ length: 30 }, (_, at) => `other${at}: 1\n`).join('')
  const told = warnings(WEB, text)
  expect(told).toHaveLength(11)
  expect(told.at(-1)).toBe('warning: … and more such values')
})

test('strictness refuses them all, also what the chart has twice', () => {
  const doubled = `replicaCount: 1\n${String(WEB['values.yaml'])}`
  const files = { ...WEB, 'values.yaml': doubled }
  try {
    warnings(files, 'replicaConut: 3\n', true)
    expect.unreachable()
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    expect(error.code).toBe('VALUES_ODD')
    expect(error.exit).toBe(6)
    expect(error.details).toEqual([
      'values.yaml:2: key "replicaCount" is also in line 1; the last one counts',
      'prod.yaml:1: no template reads replicaConut; did you mean "replicaCount"?',
    ])
  }
})

test('strictness passes over values that are read', () => {
  expect(warnings(WEB, 'replicaCount: 3\n', true)).toEqual([])
})
