import { expect, test } from 'vitest'
import type { PkgError } from '../../../src/base/errors.ts'
import type { GoMap } from '../../../src/golang/value.ts'
import { offlineCapabilities } from '../../../src/render/capabilities.ts'
import { renderChart, type RenderContext } from '../../../src/render/render-chart.ts'
import { lookupSnapshot } from '../../../src/render/lookup.ts'
import { chartOf, chartYaml, type ChartFiles } from '../../support/chart-builder.ts'

const context: RenderContext = {
  release: { name: 'r', namespace: 'apps', revision: 1, isUpgrade: false },
  capabilities: offlineCapabilities(),
}

/** Renders a chart of these files; gives the text of each file that is rendered. */
function render(files: ChartFiles, more: Partial<RenderContext> = {}): Record<string, string> {
  const chart = chartOf(files)
  const values: GoMap = new Map(chart.values)
  const rendered = renderChart(chart, values, { ...context, ...more })
  return Object.fromEntries(rendered.map(({ path, content }) => [path, content]))
}

/** Renders one template of a chart, beside which others may lie. */
function one(template: string, others: ChartFiles = {}, more: Partial<RenderContext> = {}): string {
  const files = render({ 'templates/x.yaml': template, ...others }, more)
  return files['web/templates/x.yaml'] ?? ''
}

/** The failure of one template. */
function failureOf(template: string, others: ChartFiles = {}): PkgError {
  try {
    one(template, others)
  } catch (error) {
    return error as PkgError
  }
  throw new Error('it did not fail')
}

// Wanted values are what Helm 4.1.4 prints.
test.each([
  {
    template: '{{ printf "%T" . }} {{ keys . | sortAlpha }}',
    want: 'common.Values [Capabilities Chart Files Release Subcharts Template Values]',
  },
  {
    template: '{{ .Release | toJson }}',
    want: '{"IsInstall":true,"IsUpgrade":false,"Name":"r","Namespace":"apps","Revision":1,"Service":"Helm"}',
  },
  { template: '{{ printf "%T" .Release.Revision }}', want: 'int' },
  {
    template: '{{ .Template | toJson }} {{ printf "%T" .Template }}',
    want: '{"BasePath":"web/templates","Name":"web/templates/x.yaml"} common.Values',
  },
  {
    template: '{{ .Chart | toJson }}',
    want: '{"APIVersion":"v2","Annotations":null,"AppVersion":"","Condition":"","Dependencies":[],"Deprecated":false,"Description":"","Home":"","Icon":"","IsRoot":true,"Keywords":[],"KubeVersion":"","Maintainers":[],"Name":"web","Sources":[],"Tags":"","Type":"","Version":"1.0.0"}',
  },
  {
    template: '{{ printf "%T" .Chart }} {{ printf "%T" .Chart.Annotations }}',
    want: 'map[string]interface {} map[string]string',
  },
  { template: '{{ .Values.nope }}|{{ .Chart.Nope }}', want: '|' },
  { template: 'it says <no value>.', want: 'it says .' },
  {
    template: '{{ .Capabilities.KubeVersion }} {{ .Capabilities.KubeVersion.GitVersion }}',
    want: 'v1.35.0 v1.35.0',
  },
  {
    template: '{{ printf "%T %v" .Capabilities.KubeVersion .Capabilities.KubeVersion }}',
    want: 'common.KubeVersion {v1.35.0 v1.35.0 1 35}',
  },
  {
    template: '{{ printf "%+v" .Capabilities.HelmVersion }}',
    want: '{Version:v4.1.4 GitCommit:05fa37973dc9e42b76e1d2883494c87174b6074f GitTreeState:clean GoVersion:go1.25.9 KubeClientVersion:v1.35}',
  },
  {
    template:
      '{{ .Capabilities.APIVersions.Has "apps/v1" }} {{ .Capabilities.APIVersions.Has "x/v1" }}',
    want: 'true false',
  },
  {
    template: '{{ .Capabilities | toJson | trunc 75 }}',
    want: '{"KubeVersion":{"Version":"v1.35.0","Major":"1","Minor":"35"},"APIVersions"',
  },
  {
    template: '{{ kindOf .Capabilities }} {{ kindOf .Files }} {{ printf "%T" .Files }}',
    want: 'ptr map engine.files',
  },
  {
    template: '{{ .Values.AsMap | toJson }} {{ .Values.YAML }}',
    want: '{"a":{"b":1}} a:\n  b: 1\n',
  },
  { template: '{{ (.Values.Table "a").b }} {{ .Values.PathValue "a.b" }}', want: '1 1' },
  { template: '{{ lookup "v1" "Secret" "apps" "a" | toJson }}', want: '{}' },
  { template: '{{ getHostByName "example.com" | quote }}', want: '""' },
  { template: '{{ tpl "{{ .Values.a.b }}{{ .Values.x }}" . }}', want: '1' },
  { template: '{{ tpl "{{ define \\"t\\" }}in{{ end }}{{ include \\"t\\" . }}" . }}', want: 'in' },
])('$template gives $want', ({ template, want }) => {
  expect(one(template, { 'values.yaml': 'a:\n  b: 1\n' })).toBe(want)
})

// Wanted values are what Helm 4.1.4 prints for the function's result as JSON.
test.each([
  { call: 'fromYaml ""', want: '{}' },
  { call: 'fromYaml "a: 1"', want: '{"a":1}' },
  {
    call: 'fromYaml "[1]"',
    want: '{"Error":"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}"}',
  },
  {
    call: 'fromYaml "a: ["',
    want: '{"Error":"error converting YAML to JSON: yaml: line 1: did not find expected node content"}',
  },
  { call: 'fromYamlArray ""', want: '[]' },
  {
    call: 'fromYamlArray "a: 1"',
    want: '["error unmarshaling JSON: while decoding JSON: json: cannot unmarshal object into Go value of type []interface {}"]',
  },
  { call: 'fromJson "null"', want: 'null' },
  {
    call: 'fromJson "[1]"',
    want: '{"Error":"json: cannot unmarshal array into Go value of type map[string]interface {}"}',
  },
  { call: 'fromJson "{"', want: '{"Error":"unexpected end of JSON input"}' },
  {
    call: 'fromJsonArray "{}"',
    want: '["json: cannot unmarshal object into Go value of type []interface {}"]',
  },
  { call: 'fromJsonArray "null"', want: 'null' },
  { call: 'fromJsonArray ""', want: '["unexpected end of JSON input"]' },
])('$call gives $want', ({ call, want }) => {
  expect(one(`{{ ${call} | toJson }}`)).toBe(want)
})

test.each([
  { change: 'set $first.a "b" 2', want: '2 1 1' },
  { change: 'unset $first.a "b"', want: '<nil> 1 1' },
  { change: 'mergeOverwrite $first (dict "a" (dict "b" 3))', want: '3 1 1' },
  { change: 'merge $first.a (dict "c" 4)', want: '1 1 1' },
  { change: 'set $second.a "b" 5', want: '1 5 1' },
])('a text that is decoded once more is not touched by $change', ({ change, want }) => {
  const decode = '"a: {b: 1}" | fromYaml'
  const template =
    `{{ $first := ${decode} }}{{ $second := ${decode} }}{{ $_ := ${change} }}` +
    `{{ $third := ${decode} }}{{ printf "%v %v %v" $first.a.b $second.a.b $third.a.b }}`
  expect(one(template)).toBe(want)
})

// Wanted texts are what Helm 4.1.4 prints behind `Error: `.
test.each([
  {
    template: 'a: {{ .Values.a.b.c }}',
    want: `web/templates/x.yaml:1:13
  executing "web/templates/x.yaml" at <.Values.a.b.c>:
    nil pointer evaluating interface {}.b`,
    place: [1, 14],
  },
  {
    template: 'a: {{ include "x" . }}\n{{define "x"}}{{ .Values.a.b }}{{end}}\n',
    want: `web/templates/x.yaml:1:6
  executing "web/templates/x.yaml" at <include "x" .>:
    error calling include:
web/templates/x.yaml:2:24
  executing "x" at <.Values.a.b>:
    nil pointer evaluating interface {}.b`,
    place: [2, 25],
  },
  {
    template: 'a: {{ required "oops {{" .Values.a }}',
    want: 'execution error at (web/templates/x.yaml:1:6): oops {{',
    place: [1, 7],
  },
  {
    template: 'a: {{ fail "x\\ny" }}',
    want: 'execution error at (web/templates/x.yaml:1:6): x\ny',
    place: [1, 7],
  },
  {
    template: '{{ include "nope" . }}',
    want: `web/templates/x.yaml:1:3
  executing "web/templates/x.yaml" at <include "nope" .>:
    error calling include:
template: no template "nope" associated with template "gotpl"`,
    place: [1, 4],
  },
  {
    template: '{{ template "nope" . }}',
    want: `web/templates/x.yaml:1:12
  executing "web/templates/x.yaml" at <{{template "nope" .}}>:
    template "nope" not defined`,
    place: [1, 13],
  },
  {
    template: '{{ tpl "{{ .Values.a.b }}" . }}',
    want: 'template: web/templates/x.yaml:1:3: executing "web/templates/x.yaml" at <tpl "{{ .Values.a.b }}" .>: error calling tpl: error during tpl function execution for "{{ .Values.a.b }}": template: gotpl:1:10: executing "gotpl" at <.Values.a.b>: nil pointer evaluating interface {}.b',
    place: [1, 4],
  },
  {
    template: '{{ tpl "{{ .Values.a" . }}',
    want: 'template: web/templates/x.yaml:1:3: executing "web/templates/x.yaml" at <tpl "{{ .Values.a" .>: error calling tpl: cannot parse template "{{ .Values.a": template: gotpl:1: unclosed action',
    place: [1, 4],
  },
  {
    template: '{{ index .Values.a 1 }}',
    want: 'template: web/templates/x.yaml:1:3: executing "web/templates/x.yaml" at <index .Values.a 1>: error calling index: index of untyped nil',
    place: [1, 4],
  },
  {
    template: '{{ atoi "x" | add1 | trunc 3 }}',
    want: `web/templates/x.yaml:1:27
  executing "web/templates/x.yaml" at <3>:
    wrong type for value; expected string; got int64`,
    place: [1, 28],
  },
])('$template fails as with Helm', ({ template, want, place }) => {
  const { code, message, span } = failureOf(template)
  const [line, column] = place
  const source = template.split('\n')[(line ?? 1) - 1]
  expect({ code, message, span }).toEqual({
    code: 'TEMPLATE_FAILED',
    message: want,
    span: { file: 'web/templates/x.yaml', line, column, source },
  })
})

// Wanted texts are what Helm 4.1.4 prints behind `Error: `.
test.each([
  {
    template: 'a: {{ .Values.a \n',
    want: 'parse error at (web/templates/x.yaml:2): unclosed action started at web/templates/x.yaml:1',
  },
  {
    template: '{{ if }}{{end}}',
    want: 'parse error at (web/templates/x.yaml:1): missing value for if',
  },
  {
    template: '{{ foo }}',
    want: 'parse error at (web/templates/x.yaml:1): function "foo" not defined',
  },
  {
    template: '{{ env "HOME" }}',
    want: 'parse error at (web/templates/x.yaml:1): function "env" not defined',
  },
])('$template is refused as with Helm', ({ template, want }) => {
  const { code, message, span } = failureOf(template)
  expect([code, message, span?.file]).toEqual(['TEMPLATE_SYNTAX', want, 'web/templates/x.yaml'])
})

test('a subchart sees its part of the values, and its parent sees it under Subcharts', () => {
  const files = {
    'values.yaml': 'db: {size: 3}\n',
    'charts/db/Chart.yaml': chartYaml('db'),
    'charts/db/templates/y.yaml': '{{ .Values | toJson }} {{ .Chart.IsRoot }} {{ .Template.Name }}',
    'templates/x.yaml':
      '{{ .Subcharts.db.Values | toJson }} {{ .Subcharts.db.Chart.Name }} {{ printf "%T" .Values.db }}',
  }
  expect(render(files)).toEqual({
    'web/charts/db/templates/y.yaml': '{"size":3} false web/charts/db/templates/y.yaml',
    'web/templates/x.yaml': '{"size":3} db map[string]interface {}',
  })
})

test('of a library only partials count, and definitions higher up win', () => {
  const files = {
    'charts/lib/Chart.yaml': chartYaml('lib', 'type: library\n'),
    'charts/lib/templates/_a.tpl':
      '{{ define "name" }}below{{ end }}{{ define "only" }}lib{{ end }}',
    'charts/lib/templates/object.yaml': 'never',
    'templates/_a.tpl': '{{ define "name" }}above{{ end }}',
    'templates/x.yaml': '{{ include "name" . }} {{ include "only" . }}',
  }
  expect(render(files)).toEqual({ 'web/templates/x.yaml': 'above lib' })
})

test('files are read through .Files', () => {
  const others = { 'conf/a.txt': 'one\ntwo\n', 'conf/b.txt': 'é', 'empty.txt': '' }
  const template = [
    '{{ .Files.Get "conf/a.txt" | quote }} {{ .Files.Get "nope" | quote }}',
    '{{ range $path, $data := .Files.Glob "conf/*" }}{{ $path }} {{ end }}',
    '{{ (.Files.Glob "conf/*").AsConfig }}',
    '{{ (.Files.Glob "conf/*").AsSecrets }}',
    '{{ .Files.Lines "conf/a.txt" | toJson }} {{ .Files.Lines "nope" | toJson }}',
    '{{ (.Files.Glob "none/*").AsConfig }} {{ printf "%T" (.Files.GetBytes "conf/b.txt") }}',
  ].join('\n')
  expect(one(template, others)).toBe(
    [
      '"one\\ntwo\\n" ""',
      'conf/a.txt conf/b.txt ',
      'a.txt: |\n  one\n  two\nb.txt: é',
      'a.txt: b25lCnR3bwo=\nb.txt: w6k=',
      '["one","two"] []',
      '{} []uint8',
    ].join('\n'),
  )
})

test('the lines of an empty file fail as with Helm', () => {
  expect(failureOf('{{ .Files.Lines "empty.txt" }}', { 'empty.txt': '' }).message).toContain(
    'error calling Lines: runtime error: index out of range [-1]',
  )
})

test('a lookup is answered from a snapshot, which notes what it lacks', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', namespace: 'apps', name: 'a' }
  const key = JSON.stringify(['v1', 'Secret', 'apps', 'a'])
  const snapshot = lookupSnapshot(new Map([[key, new Map([['data', 'x']])]]))
  const template =
    '{{ (lookup "v1" "Secret" "apps" "a").data }}{{ lookup "v1" "Pod" "" "" | toJson }}'
  expect(one(template, {}, { lookup: snapshot.lookup })).toBe('x{}')
  expect(snapshot.missing()).toEqual([{ ...secret, kind: 'Pod', namespace: '', name: '' }])
})

test('in a lint, required and fail warn and give nothing', () => {
  const warnings: string[] = []
  const onLintWarning = (message: string) => void warnings.push(message)
  const template = 'a{{ required "no a" .Values.a }}b{{ fail "stop" }}c'
  expect(one(template, {}, { onLintWarning })).toBe('abc')
  expect(warnings).toEqual(['no a', 'stop'])
})
