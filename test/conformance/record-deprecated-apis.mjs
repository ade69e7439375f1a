/*
 * Records which APIs `helm lint` of the real Helm calls deprecated, from which version of
 * Kubernetes on and in which words, into lint/deprecated-apis.json. The kinds are those that
 * stand there: all that k8s.io/api v0.35.1 registers.
 *
 *   node test/conformance/record-deprecated-apis.mjs
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runHelm } from '../support/oracle.mjs'

const FILE = join(import.meta.dirname, 'lint', 'deprecated-apis.json')
const kinds = JSON.parse(readFileSync(FILE, 'utf8')).map(([apiVersion, kind]) => [apiVersion, kind])

const folder = mkdtempSync(join(tmpdir(), 'deprecated-apis-'))
try {
  const rows = new Map(kinds.map((each) => [each.join(' '), [...each, null, null]]))
  mkdirSync(join(folder, 'templates'))
  writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 1.0.0\n')
  const documents = kinds.map(
    ([apiVersion, kind]) => `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x}\n`,
  )
  writeFileSync(join(folder, 'templates', 'a.yaml'), `# matchLabels\n${documents.join('')}`)
  for (let minor = 0; minor <= 60; minor++) {
    const { stdout } = runHelm(['lint', folder, '--kube-version', `1.${minor}`])
    for (const [, message, api] of stdout.matchAll(/^\[WARNING\] \S+ ((\S+ \S+) is deprecated.*)$/gm)) {
      const row = rows.get(api)
      row[2] ??= minor
      row[3] ??= message
    }
  }
  const lines = [...rows.values()].map((row) => `  ${JSON.stringify(row)}`)
  writeFileSync(FILE, `[\n${lines.join(',\n')}\n]\n`)
} finally {
  rmSync(folder, { recursive: true })
}
