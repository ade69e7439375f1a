import { expect, test } from 'vitest'
import { locateIn } from '../../../src/manifest/locate-line.ts'

const path = 'web/templates/x.yaml'
const template = [
  '{{- if .Values.on }}',
  'kind: ConfigMap',
  'metadata:',
  '  name: {{ .Release.Name }}',
  '  labels:',
  '    {{- include "labels" . | nindent 4 }}',
  'data:',
  '  a: {{ .Values.a }}',
  '  b: {{ .Values.b }}',
  '{{- end }}',
].join('\n')
const output =
  '\nkind: ConfigMap\nmetadata:\n  name: r\n  labels:\n    x: y\n    z: w\ndata:\n  a: 1\n  b: x: y\n'

function locate(line: number) {
  return locateIn([{ path, content: output }], new Map([[path, template]]))(path, line)
}

test.each([
  { line: 2, want: 2 },
  { line: 4, want: 4 },
  { line: 9, want: 8 },
  { line: 10, want: 9 },
])('line $line of the output comes from line $want', ({ line, want }) => {
  const source = template.split('\n')[want - 1]
  expect(locate(line)).toEqual({ file: path, line: want, source })
})

test('a line that only one action can have given comes from its line', () => {
  const source = '    {{- include "labels" . | nindent 4 }}'
  expect(locate(7)).toEqual({ file: path, line: 6, source })
})

test('of a line that one of two actions gave only the file is told', () => {
  const text = template.replace('data:', '    {{- include "more" . | nindent 4 }}\ndata:')
  const of = locateIn([{ path, content: output }], new Map([[path, text]]))
  expect(of(path, 7)).toEqual({ file: path })
})

test('a partial with a block prints', () => {
  const text = 'a:\n  {{#> frame}}\n  b: {c: {{values.c}} }\n  {{/frame}}\nd: e\n'
  const content = 'a:\n- x\n  b: {c: 1 }\nd: e\n'
  const of = locateIn([{ path, content }], new Map([[path, text]]))
  expect(of(path, 2)).toEqual({ file: path })
})

test('tags that open and close blocks give no lines', () => {
  const text = 'a:\n{{#if values.a}}\n  {{toYaml values.a}}\n{{else}}\n{{/if}}\nb: c\n'
  const content = 'a:\n  - x\n   y\nb: c\n'
  const of = locateIn([{ path, content }], new Map([[path, text]]))
  expect(of(path, 3)).toEqual({ file: path, line: 3, source: '  {{toYaml values.a}}' })
})
