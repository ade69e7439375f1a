/*
 * Records what Go's text/template makes of the rows in gotmpl/rows.json, in place.
 * Run it after adding rows: node test/conformance/record-gotmpl.mjs. Needs Go.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, 'gotmpl')
const file = join(folder, 'rows.json')
const { data: shared, rows } = JSON.parse(readFileSync(file, 'utf8'))

const input = rows.map((row) => JSON.stringify({ data: shared, missingKey: 'zero', ...row })).join('\n')
const { status, stdout, stderr } = spawnSync('go', ['run', join(folder, 'reference.go')], {
  input,
  maxBuffer: 1 << 28,
})
if (status !== 0) throw new Error(stderr.toString())

const results = stdout.toString().trimEnd().split('\n')
const recorded = rows.map(({ template, missingKey, data }, index) =>
  JSON.stringify({ template, missingKey, data, ...JSON.parse(results[index]) }),
)
writeFileSync(
  file,
  `{\n"data": ${JSON.stringify(shared)},\n"rows": [\n${recorded.join(',\n')}\n]}\n`,
)
