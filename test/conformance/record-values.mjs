/*
 * Records what the real Helm makes of the rows in values/*.jsonl, in place.
 *
 *   node test/conformance/record-values.mjs [set|charts|schemas…]
 *
 * A new row needs its inputs alone:
 *   set      {"flags", "values"?}    values.yaml, flags; gives json and types, or error
 *   charts   {"files", "flags"?}     a whole chart; gives the values each chart sees, or error
 *   schemas  {"schema", "values"}    gives "", or error
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const FOLDER = join(import.meta.dirname, 'values')
const HELM = join(tmpdir(), 'kubectl-pkg-oracle', '210d576a6dc0', 'helm')
const METADATA = 'apiVersion: v2\nname: t\nversion: 0.1.0\n'

/** Prints the type of each value, one line a path. */
const TYPES = `{{- define "types" -}}
{{- $path := .path -}}
{{- if kindIs "map" .value }}{{ range $k, $v := .value }}{{ include "types" (dict "path" (printf "%s/%s" $path $k) "value" $v) }}{{ end }}
{{- else if kindIs "slice" .value }}{{ range $i, $v := .value }}{{ include "types" (dict "path" (printf "%s/%d" $path $i) "value" $v) }}{{ end }}
{{- else }}{{ $path }} {{ typeOf .value }}
{{ end }}
{{- end -}}
json: {{ toJson .Values | b64enc }}
types: {{ include "types" (dict "path" "" "value" .Values) | b64enc }}
`

const RECORDERS = {
  set({ flags, values }) {
    const files = { 'Chart.yaml': METADATA, 'templates/a.yaml': TYPES }
    if (values !== undefined) files['values.yaml'] = values
    const { status, stdout, stderr } = template(files, flags)
    if (status !== 0) return { flags, values, error: errorOf(stderr) }
    const [, json, types] = /json: (\S*)\ntypes: *(\S*)/.exec(stdout)
    return { flags, values, json: decode(json), types: decode(types).split('\n').filter(Boolean) }
  },
  charts({ files, flags = [] }) {
    const print = '{{ .Template.BasePath | dir }}: {{ toJson .Values | b64enc }}\n'
    const all = { ...files }
    for (const name of Object.keys(files)) {
      if (name.endsWith('Chart.yaml')) all[join(dirname(name), 'templates/a.yaml')] = print
    }
    const { status, stdout, stderr } = template(all, flags)
    if (status !== 0) return { files, flags, error: errorOf(stderr) }
    const seen = [...stdout.matchAll(/^([\w./-]+): (\S+)$/gm)].map(([, path, json]) => [path, decode(json)])
    return { files, flags, seen: Object.fromEntries(seen.sort(([a], [b]) => (a < b ? -1 : 1))), warnings: warningsOf(stderr) }
  },
  schemas({ schema, values }) {
    const files = { 'Chart.yaml': METADATA, 'values.schema.json': schema, 'v.json': values }
    const { status, stderr } = template(files, ['-f', 'v.json'])
    return { schema, values, error: status === 0 ? '' : errorOf(stderr) }
  },
}

const wanted = process.argv.slice(2)
for (const name of wanted.length > 0 ? wanted : Object.keys(RECORDERS)) {
  const file = join(FOLDER, `${name}.jsonl`)
  const rows = readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line))
  const recorded = rows.map((row) => RECORDERS[name](row))
  writeFileSync(file, recorded.map((row) => `${JSON.stringify(row)}\n`).join(''))
  const failing = recorded.filter(({ error = '' }) => error !== '').length
  console.log(`${name}: ${recorded.length} rows, ${failing} fail`)
}

function template(files, flags) {
  const chart = mkdtempSync(join(tmpdir(), 'values-rows-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(chart, name)), { recursive: true })
      writeFileSync(join(chart, name), text)
    }
    const env = { HOME: chart, TZ: 'UTC', PATH: process.env['PATH'] }
    return spawnSync(HELM, ['template', 'r', '.', ...flags], { cwd: chart, env, encoding: 'utf8' })
  } finally {
    rmSync(chart, { recursive: true })
  }
}

function errorOf(stderr) {
  return /^Error: ([\s\S]*)/m.exec(stderr)[1].trimEnd()
}

function warningsOf(stderr) {
  const messages = stderr.split('\n').flatMap((line) => /^level=\w+ msg=("(?:[^"\\]|\\.)*")(.*)$/.exec(line) ?? [])
  const lines = []
  for (let at = 0; at < messages.length; at += 3) {
    lines.push(JSON.parse(messages[at + 1]) + messages[at + 2])
  }
  return [...new Set(lines)].sort((a, b) => (a < b ? -1 : 1))
}

function decode(text) {
  return Buffer.from(text, 'base64').toString()
}
