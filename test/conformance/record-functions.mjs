/*
 * Records what the real Helm prints for the rows in functions/*.jsonl, in place.
 *
 *   node test/conformance/record-functions.mjs [family…]
 *
 * The real Helm is unpacked by any test that calls test/support/oracle.ts.
 *
 * A row is {"template", "output"} or {"template", "error"}; a new one needs the template
 * alone. Templates see functions/values.json as .Values. An error is what follows the last
 * `at <…>: `, or the whole message for a template that cannot be parsed; Helm itself cuts
 * white space at its end.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

const BATCH = 150
const FOLDER = join(import.meta.dirname, 'functions')
const HELM = join(tmpdir(), 'kubectl-pkg-oracle', '210d576a6dc0', 'helm')

const wanted = process.argv.slice(2)
for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.jsonl'))) {
  if (wanted.length === 0 || wanted.includes(basename(file, '.jsonl'))) record(join(FOLDER, file))
}

function record(file) {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  const templates = [...new Set(lines.map((line) => JSON.parse(line).template))]
  const rows = []
  for (let at = 0; at < templates.length; at += BATCH) {
    rows.push(...runBatch(templates.slice(at, at + BATCH)))
  }
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  console.log(`${basename(file)}: ${rows.length} rows, ${rows.filter((r) => 'error' in r).length} fail`)
}

/** Helm stops at the first failing row: note its error, empty it, go on. */
function runBatch(templates) {
  const chart = mkdtempSync(join(tmpdir(), 'function-rows-'))
  mkdirSync(join(chart, 'templates'))
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: rows\nversion: 1.0.0\n')
  writeFileSync(join(chart, 'templates', 'all.yaml'), mainTemplate(templates.length))
  for (const [at, template] of templates.entries()) writeRow(chart, at, template)
  const errors = new Map()
  try {
    for (;;) {
      const { status, stdout, stderr } = spawnSync(
        HELM,
        ['template', 'rows', chart, '-f', join(FOLDER, 'values.json')],
        { encoding: 'utf8', maxBuffer: 1 << 28, env: { HOME: chart, TZ: 'UTC' } },
      )
      if (status === 0) return resultsOf(templates, stdout, errors)
      const at = Number(/_r(\d{4})\.tpl/.exec(stderr)?.[1] ?? Number.NaN)
      if (Number.isNaN(at) || errors.has(at)) throw new Error(`no row is to blame: ${stderr}`)
      errors.set(at, errorOf(stderr))
      writeRow(chart, at, '')
    }
  } finally {
    rmSync(chart, { recursive: true })
  }
}

function mainTemplate(count) {
  return (
    `rows:\n{{ range $at := until ${count} }}` +
    '{{ $fresh := dict "Values" (deepCopy $.Values) }}' +
    '- {{ include (printf "rows/templates/_r%04d.tpl" $at) $fresh | b64enc | quote }}\n{{ end }}'
  )
}

function writeRow(chart, at, template) {
  const name = `_r${String(at).padStart(4, '0')}.tpl`
  writeFileSync(join(chart, 'templates', name), template)
}

function resultsOf(templates, stdout, errors) {
  const outputs = [...stdout.matchAll(/^- "(.*)"$/gm)].map(([, text]) => text)
  return templates.map((template, at) => {
    const error = errors.get(at)
    if (error !== undefined) return { template, error }
    const bytes = Buffer.from(outputs[at], 'base64')
    const output = bytes.toString('utf8')
    const isText = Buffer.from(output, 'utf8').equals(bytes)
    return isText ? { template, output } : { template, outputBase64: outputs[at] }
  })
}

function errorOf(stderr) {
  const text = stderr
    .replace(/\n\nUse --debug flag[\s\S]*$/, '')
    .replaceAll(/rows\/templates\/_r\d{4}\.tpl/g, 'row')
  return /^[\s\S]*>:\s+([\s\S]*)$/.exec(text)?.[1] ?? text
}
