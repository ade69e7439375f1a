import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RULES } from '../../../src/lint/rule-table.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/migrating.md'), 'utf8')

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
