import { expect, test } from 'vitest'
import { Findings } from '../../../src/lint/finding.ts'
import { lintHygiene } from '../../../src/lint/values-hygiene.ts'
import { chartOf } from '../../support/chart-builder.ts'

function hygiene(values: string, more: Record<string, string> = {}): string[] {
  const findings = new Findings()
  lintHygiene(chartOf({ 'values.yaml': values, ...more }), findings)
  return findings.all.map(({ severity, span, message }) =>
    [severity, `${span?.file}:${span?.line}:${span?.column ?? ''}`, message].join(' '),
  )
}

test('keys that stand twice are told with both lines', () => {
  expect(hygiene('a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 2\n')).toEqual([
    'warning values.yaml:5: line 5: key "c" is also in line 3; the last one counts',
    'warning values.yaml:6: line 6: key "a" is also in line 1; the last one counts',
  ])
})

// YAML 1.1 in libyaml's reading, and float64, which templates print as Go does.
test.each([
  ['a: yes', 'line 1: "yes" is read as true; write true, or quote it for the text'],
  ['country: [DE, NO]', 'line 1: "NO" is read as false; write false, or quote it for the text'],
  ['a: Off', 'line 1: "Off" is read as false; write false, or quote it for the text'],
  ['on: push', 'line 1: key "on" is read as "true"; quote it to keep it'],
  ['a: {n: 1}', 'line 1: key "n" is read as "false"; quote it to keep it'],
  ['0x10: a', 'line 1: key "0x10" is read as "16"; quote it to keep it'],
  ['mode: 0644', 'line 1: "0644" is read as 420; quote it for the text'],
  ['a: 1_000', 'line 1: "1_000" is read as 1000; quote it for the text'],
  ['a: 1000000', 'line 1: templates print 1000000 as 1e+06; quote it, or print it with "int64"'],
  [
    'a: 12345678901234567890',
    'line 1: 12345678901234567890 loses digits: it is read as 12345678901234567168; quote it to keep them',
  ],
  [
    'a: 0.12345678901234567890',
    'line 1: 0.12345678901234567890 loses digits: it is read as 0.12345678901234568; quote it to keep them',
  ],
  ['tag: 1.10', 'line 1: 1.10 is read as 1.1; quote it if it is a version'],
])('%s', (values, want) => {
  const found = hygiene(values).map((line) => line.replace(/^warning \S+ /, ''))
  expect(found).toEqual([want])
})

test.each([
  'a: true',
  'a: False',
  'a: "yes"',
  "'on': 1",
  'a: 8080',
  'a: 1.5',
  'a: 1.0',
  'a: ~',
  'a: text',
  'a: !!str 0644',
])('nothing is said of %s', (values) => {
  expect(hygiene(values)).toEqual([])
})

test('places count through all documents of the file', () => {
  expect(hygiene('a: 1\n---\nb:\n  - x\n  - yes\n')).toEqual([
    'warning values.yaml:5:5 line 5: "yes" is read as true; write true, or quote it for the text',
  ])
})

test('a native chart has no such surprises', () => {
  expect(hygiene('a: yes\nb: 1000000\n', { 'templates/a.yaml.hbs': '' })).toEqual([])
})

test('a deprecated chart is told of', () => {
  const chartYaml = 'apiVersion: v2\nname: web\nversion: 1.0.0\ndeprecated: true\n'
  expect(hygiene('', { 'Chart.yaml': chartYaml })).toEqual([
    'warning Chart.yaml:undefined: this chart is deprecated',
  ])
})
