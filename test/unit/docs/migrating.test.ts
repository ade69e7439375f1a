import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lint } from '../../../src/actions/lint.ts'
import { migrateManifests } from '../../../src/actions/migrate.ts'
import { readFieldTable } from '../../../src/cli/kube-fields.ts'
import { RULES } from '../../../src/lint/rule-table.ts'
import { lintDocument } from '../../../src/output/lint-view.ts'
import { migrationDocument } from '../../../src/output/migrate-view.ts'

const root = join(import.meta.dirname, '../../..')
const page = readFileSync(join(root, 'docs/migrating.md'), 'utf8')

test('the page names every rule for objects, with its severity and what it finds', () => {
  const rows = [...page.matchAll(/^\| `([\w-]+)` +\| (\w+) +\| .*? \| (.*?) +\|$/gm)]
  const told = rows.map(([, rule, severity, finds]) => ({ rule, severity, finds }))
  const rules = Object.entries(RULES).map(([rule, { severity, finds }]) => ({
    rule,
    severity,
    finds,
  }))
  expect(told).toEqual(rules)
})

test('the page names every field of both documents', () => {
  const files = [
    {
      path: 'a.yaml',
      text: 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a}]}\n',
    },
    {
      path: 'b.yaml',
      text: 'apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: b}\nspec: {backend: {serviceName: b, servicePort: 80}}\n',
    },
    { path: 'c.yaml', text: 'apiVersion: v1\nkind: Service\nmetadata: {name: ###NAME###}\n' },
  ]
  const migrated = migrationDocument(
    migrateManifests(files, {
      to: '1.35',
      withDeprecated: false,
      rookNamespace: 'rook-ceph',
      readFieldTable,
    }),
  )
  const linted = lintDocument(
    lint({
      paths: [join(root, 'none')],
      manifests: files,
      withSubcharts: false,
      strict: false,
      objectRules: { security: true, apis: true, readFieldTable },
      valuesFor: () => new Map(),
      namespace: 'default',
      kubeVersion: undefined,
      skipSchemaValidation: false,
      strictValues: false,
      hygiene: false,
      onWarning: () => undefined,
    }),
  )
  const names = new Set([...fieldsIn(migrated), ...fieldsIn(linted)])
  expect([...names].filter((name) => !new RegExp(`\\b${name}\\b`).test(tables)).sort()).toEqual([])
})

/** Rows of the tables that tell of documents. */
const tables = page
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .join('\n')

function fieldsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(fieldsIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, each]) => [name, ...fieldsIn(each)])
}
