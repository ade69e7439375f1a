import { expect, test } from 'vitest'
import { adviceFor, unclosedBlock } from '../../../src/render/template-advice.ts'

const known = { functions: () => ['toYaml', 'upper'], templates: () => ['web.name'] }

test.each([
  { message: 'function "toYml" not defined', want: 'Did you mean "toYaml"?' },
  { message: 'function "xyzzy" not defined', want: 'There is no function "xyzzy".' },
  {
    message: 'function "env" not defined',
    want: 'Pass the value with --set: templates cannot read the environment.',
  },
  {
    message: 'template: no template "web.nam" associated with template "gotpl"',
    want: 'Did you mean "web.name"?',
  },
  {
    message: "can't evaluate field tag in type string",
    want: 'The value has no "tag", it is a string: give a map there.',
  },
  {
    message: "can't evaluate field tag in type []interface {}",
    want: 'The value has no "tag", it is a list: give a map there.',
  },
  {
    message: 'wrong type for value; expected string; got int64',
    want: 'Convert the value first with "toString".',
  },
  {
    message: 'wrong number of args for trunc: want 2 got 1',
    want: 'Give "trunc" as many arguments as it takes: want 2 got 1.',
  },
])('$message: $want', ({ message, want }) => {
  expect(adviceFor(message, known)).toBe(want)
})

test.each([
  { text: '{{ if .a }}{{ end }}', want: undefined },
  { text: 'x {{ if .a }}', want: 2 },
  { text: '{{ range .a }}{{- with .b }}{{ end -}}', want: 0 },
  { text: '{{ define "a" }}{{/* {{ if }} */}}{{ end }}', want: undefined },
  { text: '{{ if .a }}{{ else if .b }}{{ end }}', want: undefined },
  { text: '{{ endless }}{{ if .a }}', want: 13 },
])('the open block of $text begins at $want', ({ text, want }) => {
  expect(unclosedBlock(text)).toBe(want)
})
