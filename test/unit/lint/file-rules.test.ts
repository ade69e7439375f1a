import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openChartFolder } from '../../../src/chart/chart-folder.ts'
import { lintChart } from '../../../src/lint/lint-chart.ts'
import { chartYaml, writeChart } from '../../support/chart-builder.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** What lint says of a template that reads files, beside the three that the chart has. */
function lint(
  template: string,
  { name = 'templates/a.yaml.hbs', hygiene = false, files = {} } = {},
): string[] {
  const parent = mkdtempSync(join(tmpdir(), 'lint-files-'))
  folders.push(parent)
  const all = {
    'Chart.yaml': chartYaml('web', 'icon: https://example.com/a.png\n'),
    'values.yaml': 'isOn: false\n',
    '.helmignore': '*.bak\n',
    'files/hosts.txt': 'a\n',
    'files/app.conf': 'x\n',
    'notes.md': 'x\n',
    'old.bak': 'x\n',
    [name]: template,
    ...files,
  }
  const { findings } = lintChart(openChartFolder(writeChart(join(parent, 'web'), all)), {
    valuesFor: () => new Map(),
    namespace: 'default',
    kubeVersion: undefined,
    skipSchemaValidation: false,
    strictValues: false,
    hygiene,
    onWarning: () => undefined,
  })
  return findings.map(({ severity, span, message }) => {
    return `${severity} ${span?.file}:${span?.line}:${span?.column} ${message}`
  })
}

const READ = 'is read, but the chart has no such file;'

test.each([
  ['# {{files.get "files/host.txt"}}', 'did you mean "files/hosts.txt"?'],
  ['# {{files.get "hosts.txt"}}', 'did you mean "files/hosts.txt"?'],
  ['# {{files.get "./notes.md"}}', 'did you mean "notes.md"?'],
  [
    '# {{Files.GetBytes "/notes.md"}}',
    'names begin below the chart’s folder; did you mean "notes.md"?',
  ],
  ['# {{files.get "../secret"}}', 'names begin below the chart’s folder'],
  ['# {{@root.files.lines "none"}}', 'put it there, outside of templates/'],
  ['# {{quote (files.get "files")}}', 'it is a folder, whose files "files/*" stands for in a glob'],
  ['# {{files.get "old.bak"}}', '.helmignore leaves it out'],
  ['# {{files.get "values.yaml"}}', 'templates cannot read what the chart is made of; copy it'],
  ['# {{files.get " "}}', 'write the name of one'],
  [`# {{files.get "${'a'.repeat(300)}"}}`, 'no file can have that name'],
  [`# {{files.get "${'a/'.repeat(3000)}"}}`, 'no file can have that name'],
  ['# {{lookup files "none"}}', 'put it there, outside of templates/'],
  ['# {{index @root.Files "none"}}', 'put it there, outside of templates/'],
  // A branch that does not run, and a loop over lines.
  ['# {{#if values.isOn}}{{files.get "none"}}{{/if}}', 'put it there, outside of templates/'],
  ['# {{#each (files.lines "none")}}{{/each}}', 'put it there, outside of templates/'],
])('%s is told of', (template, advice) => {
  const [name = ''] = /"[^"]*"/.exec(template) ?? []
  const column = template.indexOf(name) + 1
  expect(lint(template)).toEqual([
    `warning templates/a.yaml.hbs:1:${column} line 1: ${name} ${READ} ${advice}`,
  ])
})

test.each([
  '# {{files.get "files/hosts.txt"}}{{files.get (printf "files/%s" "none")}}',
  '# {{#if (files.get "none")}}{{files.get "none"}}{{/if}}',
  '# {{#with (files.get "none")}}{{this}}{{/with}}',
  '# {{#if (index files "none")}}{{files.get "none"}}{{/if}}',
  '# {{lookup values.files "none"}}{{lookup subcharts.db.files "none"}}{{get (dict) "none"}}',
  '# {{#each (files.lines "none")}}x{{else}}y{{/each}}',
  '# {{default "x" (files.get "none")}}',
  '# {{#if (files.glob "opt/*")}}{{files.get "opt/none"}}{{/if}}',
  '# {{#if values.isOn}}{{subcharts.db.files.get "none"}}{{/if}}',
])('nothing is said of %s', (template) => {
  expect(lint(template)).toEqual([])
})

test('a Go template is told of where more than Helm’s rules are asked for', () => {
  const name = 'templates/a.yaml'
  const template = '# x\n# {{ .Files.Get "files/host.txt" }}\n'
  const found = `warning ${name}:2:17 line 2: "files/host.txt" ${READ} did you mean "files/hosts.txt"?`
  expect(lint(template, { name })).toEqual([])
  expect(lint(template, { name, hygiene: true })).toEqual([found])
})

test.each([
  '{{ tpl ($.Files.Get "none") . }}',
  '{{ range .Files.Lines "none" }}{{ end }}',
  '{{ if .Values.isOn }}{{ .root.Files.Get "none" | b64enc }}{{ end }}',
  '{{ $x := .Files.Get "none" }}{{ $x }}',
  '{{ define "x" }}{{ .Files.Get "none" }}{{ end }}',
  '{{ index .Files "none" | toString }}',
  '{{ "none" | $.Files.Get | fromYaml }}',
  '{{ "none" | index .Files }}',
  '{{ (.Files).Lines ("none") }}',
  '{{ $files := .Files }}{{ range tuple "notes.md" "none" }}{{ $files.Get . | trim }}{{ end }}',
  '{{ range $i, $n := list "none" "notes.md" }}{{ $.Files.Get $n | trim }}{{ $.Files.Get $n | quote }}{{ end }}',
  '{{ $n := "none" }}{{ with .Values.isOn }}{{ $.Files.GetBytes $n }}{{ end }}',
  '{{ with .Files }}{{ .Get "none" }}{{ end }}',
  '{{ with "none" }}{{ $x := $.Files.Get . }}{{ else }}{{ .Files.Get "notes.md" }}{{ end }}',
])('%s is told of', (template) => {
  const found = lint(`# ${template}`, { name: 'templates/a.yaml', hygiene: true })
  expect(found).toEqual([
    `warning templates/a.yaml:1:${template.indexOf('"none"') + 3} line 1: "none" ${READ} put it there, outside of templates/`,
  ])
})

test.each([
  '{{ .Files.Get "files/app.conf" }}',
  '{{ if .Files.Get "none" }}{{ .Files.Get "none" }}{{ end }}',
  '{{ if index .Files "none" }}{{ .Files.Get "none" }}{{ end }}',
  '{{ range tuple "none" }}{{ if $.Files.Get . }}{{ $.Files.Get . }}{{ end }}{{ end }}',
  '{{ range $i, $n := tuple "none" }}{{ $.Files.Get (toString $i) }}{{ $.Files.Get .n }}{{ end }}',
  '{{ $n := "none" }}{{ $n = .Values.isOn }}{{ .Files.Get $n }}',
  '{{ $n := "none" }}{{ range $n, $_ := .Files.Glob "files/*" }}{{ $.Files.Get $n }}{{ end }}',
  '{{ with "none" }}{{ . }}{{ else }}{{ .Files.Get . }}{{ end }}',
  '{{ $files := .Subcharts.db.Files }}{{ $files.Get "none" }}{{ index .Subcharts.db.Files "none" }}',
  '{{ with .Values.isOn }}{{ index $.Values.Files "none" }}{{ end }}{{ "none" | quote | .Files.Get }}',
  '{{ $n := "none" }}{{ $x := .Files.Get $n }}{{ if .Files.Glob $n }}{{ $x }}{{ end }}',
  '{{ with .Files.Get "none" }}{{ . }}{{ end }}',
  '{{ range .Files.Lines "none" }}{{ else }}{{ end }}',
  '{{ .Files.Get "none" | default "x" }}',
  '{{ $x := tpl (.Files.Get "none") . }}{{ if $x }}{{ $x }}{{ end }}',
  '{{ range $path, $_ := .Files.Glob "opt/**" }}{{ end }}{{ .Files.Get "opt/a/none" }}',
  '{{ .Subcharts.db.Files.Get "none" }}',
  '{{ .Files.Get .Values.isOn | quote }}',
  '{{ .Files.Get "none" ',
])('nothing is said of the Go template %s', (template) => {
  const found = lint(`# ${template}`, { name: 'templates/a.yaml', hygiene: true })
  expect(found.filter((each) => each.includes(READ))).toEqual([])
})

test('a library reads the files of the charts that call it, and so may a partial', () => {
  const library = chartYaml('web', 'type: library\nicon: https://example.com/a.png\n')
  const partial = '{{ define "x" }}{{ .Files.Get "sub.conf" }}{{ end }}'
  const name = 'templates/_x.tpl'
  expect(lint(partial, { name, hygiene: true, files: { 'Chart.yaml': library } })).toEqual([])
  const sub = { 'charts/sub/Chart.yaml': chartYaml('sub'), 'charts/sub/sub.conf': 'x' }
  const found = lint(partial, { name, hygiene: true, files: sub })
  expect(found.filter((each) => each.includes(READ))).toEqual([])
})

test('a chart may have very many of them', () => {
  const count = 20_000
  const chain = Array.from({ length: count }, (_, at) => {
    return `{{ else if .Values.isOn }}\n{{ .Files.Get "f${at}" }}`
  })
  const template = `# {{ if .Values.isOn }}${chain.join('')}{{ end }}\n`
  const found = lint(template, { name: 'templates/a.yaml', hygiene: true })
  expect(found).toHaveLength(100)
  expect(found.at(-1)).toMatch(/^warning templates\/a.yaml:101:15 line 101: "f99" is read/)
})
