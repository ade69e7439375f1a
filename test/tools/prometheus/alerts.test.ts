import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { check } from './rendered.ts'

const RULES = join(import.meta.dirname, '../../../charts/prometheus/files/rules')
const TESTS = join(import.meta.dirname, 'alerts')

interface RuleFile {
  groups: { rules: { alert?: string }[] }[]
}

interface TestFile {
  tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[]
}

const files = readdirSync(TESTS)

test.each(files)('alerts of %s fire when they should, and not before', (file) => {
  expect(check('promtool', ['test', 'rules', join(TESTS, file)])).toContain('SUCCESS')
})

test('every alert is seen to fire, and to be quiet but for the one that always fires', () => {
  const shipped = readdirSync(RULES).flatMap((file) => {
    const { groups } = parse(readFileSync(join(RULES, file), 'utf8')) as RuleFile
    return groups.flatMap(({ rules }) => rules.flatMap(({ alert = [] }) => alert))
  })
  const cases = files.flatMap((file) => {
    const { tests } = parse(readFileSync(join(TESTS, file), 'utf8')) as TestFile
    return tests.flatMap((each) => each.alert_rule_test)
  })
  const named = (fires: boolean): string[] =>
    cases
      .filter(({ exp_alerts: alerts }) => alerts.length > 0 === fires)
      .map(({ alertname }) => alertname)
      .sort()
  expect(named(true)).toEqual(shipped.toSorted())
  expect(named(false)).toEqual(shipped.filter((name) => name !== 'Watchdog').sort())
})

test('rules are without fault for promtool, lints too', () => {
  const paths = readdirSync(RULES).map((file) => join(RULES, file))
  expect(
    check('promtool', ['check', 'rules', '--lint=all', '--lint-fatal', ...paths]),
  ).not.toContain('FAILED')
})
