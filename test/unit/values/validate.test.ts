import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PkgError } from '../../../src/base/errors.ts'
import { decodeJson } from '../../../src/encoding/json.ts'
import type { GoMap } from '../../../src/golang/value.ts'
import { validateValues } from '../../../src/values/validate.ts'
import { chart, rejection, siblings } from './support.ts'
import { processorTime } from '../../support/processor-time.ts'

interface Row {
  s: unknown
  v: unknown
  ok: boolean
  msg: string
}

// Recorded from Helm 4.1.4: schema, values, verdict and message of `helm template`.
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../conformance/golden/json-schema.json'), 'utf8'),
) as Row[]

/** What Helm says when it fails to fetch, of which only the beginning is the same for us. */
const FETCHED = /(failing loading "[^"]*"): .*/

describe('every schema of the golden file gives the verdict and the message of Helm', () => {
  test.each(golden.map((row, at) => ({ ...row, at })))('row $at: $s of $v', ({ s, v, msg }) => {
    const found = rejection({ schema: JSON.stringify(s), values: JSON.stringify(v) })
    const wanted = msg.replace(/^Error: /, '').trimEnd()
    expect(siblings(found.replace(FETCHED, '$1'))).toEqual(siblings(wanted.replace(FETCHED, '$1')))
  })
})

test('the schemas of subcharts are checked after that of the chart, under their names', () => {
  const number = { properties: { port: { type: 'integer' } } }
  const parent = chart('web', { schema: number })
  parent.subcharts = [chart('db', { schema: number, parent }), chart('off', { parent })]
  const values = decodeJson('{"port":"a","db":{"port":"b"},"off":5}') as GoMap
  const error = caught(() => validateValues(parent, values))
  expect(error.code).toBe('VALUES_REJECTED')
  expect(error.message).toBe(
    [
      "values don't meet the specifications of the schema(s) in the following chart(s):",
      'web:',
      "- at '/port': got string, want integer",
      'db:',
      "- at '/port': got string, want integer",
      'off:',
      'invalid type for values: expected object (map), got float64',
      '',
    ].join('\n'),
  )
  expect(error.details).toEqual([])
})

// Wanted: what Helm 4.1.4 prints of the same, but for what a secret holds.
test.each([
  {
    schema: '{"properties":{"secret":{"$id":"#/properties/secret"}}}',
    want: "- at '/properties/secret/$id': '#/properties/secret' does not match pattern '^[^#]*#?$'",
  },
  {
    schema: '{"properties":{"secret":{"pattern":"^a$"}}}',
    want: "- at '/secret': [hidden] does not match pattern '^a$'",
  },
])('what is said of $schema shows the schema and hides the value', ({ schema, want }) => {
  expect(rejection({ schema, values: '{"secret":"b"}' })).toContain(want)
})

test('an error points at the line that sets the value', () => {
  const parent = chart('web', { schema: { properties: { port: { type: 'integer' } } } })
  const values = decodeJson('{"port":"a"}') as GoMap
  const span = { file: 'prod.yaml', line: 3, column: 1 }
  const error = caught(() => validateValues(parent, values, () => span))
  expect(error.span).toEqual(span)
  expect(error.details).toEqual(['/port is set in prod.yaml:3'])
})

test('a name that is not allowed is pointed at, and the one that was meant is told', () => {
  const image = { properties: { tag: {} }, additionalProperties: false }
  const schema = { properties: { image, replicas: {} }, additionalProperties: false }
  const values = decodeJson('{"replcias":3,"image":{"tagg":"1","other":2}}') as GoMap
  const lines: Record<string, number> = { replcias: 1, 'image.tagg': 3, 'image.other': 4 }
  const locate = (path: readonly string[]) => ({
    file: 'v.yaml',
    line: lines[path.join('.')] ?? 0,
  })
  const error = caught(() => validateValues(chart('web', { schema }), values, locate))
  expect(error.details).toEqual([
    '/image/tagg is set in v.yaml:3; did you mean "tag"?',
    '/image/other is set in v.yaml:4',
    '/replcias is set in v.yaml:1; did you mean "replicas"?',
  ])
  expect(error.span).toEqual({ file: 'v.yaml', line: 3 })
})

test('so is one that propertyNames refuses, with the one of its list that was meant', () => {
  const zones = { propertyNames: { enum: ['north', 'south'] } }
  const schema = { properties: { zones, labels: { propertyNames: { pattern: '^[a-z]+$' } } } }
  const values = decodeJson('{"zones":{"nroth":1,"south":2},"labels":{"a":1,"B":2}}') as GoMap
  const lines: Record<string, number> = { 'zones.nroth': 2, 'labels.B': 6 }
  const locate = (path: readonly string[]) => ({
    file: 'v.yaml',
    line: lines[path.join('.')] ?? 0,
  })
  const error = caught(() => validateValues(chart('web', { schema }), values, locate))
  expect(error.details).toEqual([
    '/zones/nroth is set in v.yaml:2; did you mean "north"?',
    '/labels/B is set in v.yaml:6',
  ])
})

test('a name that nothing sets is told of when its like is known', () => {
  const schema = { properties: { replicas: {} }, additionalProperties: false }
  const values = decodeJson('{"replcias":3,"else":1}') as GoMap
  const error = caught(() => validateValues(chart('web', { schema }), values))
  expect(error.details).toEqual(['/replcias: did you mean "replicas"?'])
})

test('so is one that a schema refuses as unevaluated, whatever declares the others', () => {
  const image = { properties: { tag: {}, never: false }, unevaluatedProperties: false }
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $defs: { image, base: { properties: { image: { $ref: '#/$defs/image' } } } },
    allOf: [{ $ref: '#/$defs/base' }, { properties: { replicas: {} } }],
    unevaluatedProperties: false,
  }
  const values = decodeJson('{"replcias":3,"else":1,"image":{"tagg":1,"never":1}}') as GoMap
  const error = caught(() => validateValues(chart('web', { schema }), values))
  expect(error.details).toEqual([
    '/image/tagg: did you mean "tag"?',
    '/replcias: did you mean "replicas"?',
  ])
})

test('a schema that does not declare the values of a subchart is to be completed', () => {
  const schema = { properties: { replicas: {} }, additionalProperties: false }
  const parent = chart('web', { schema })
  parent.subcharts = [chart('db', { parent })]
  const values = decodeJson('{"db":{"a":1}}') as GoMap
  expect(caught(() => validateValues(parent, values)).hint).toBe(
    '"db" holds the values of a subchart: declare it in values.schema.json, as {"type": "object"}.',
  )
  const misspelt = decodeJson('{"dbb":{"a":1}}') as GoMap
  expect(caught(() => validateValues(parent, misspelt)).hint).toMatch(/^Change these values/)
})

test('a schema that cannot be used is told apart from values that do not meet one', () => {
  const error = caught(() => validateValues(chart('web', { schema: { type: 'foo' } }), new Map()))
  expect(error.code).toBe('SCHEMA_INVALID')
})

describe('hostile schemas', () => {
  test.each([
    ['file:///etc/passwd', 'schemas are never read from other files'],
    ['other.json', 'schemas are never read from other files'],
    ['http://127.0.0.1:1/x', 'schemas are never fetched from the network'],
    ['https://example.com/x', 'schemas are never fetched from the network'],
    ['ftp://example.com/x', 'no URLLoader registered for "ftp://example.com/x"'],
  ])('a reference to %s is refused', (url, reason) => {
    const found = rejection({ schema: JSON.stringify({ $ref: url }), values: '{}' })
    expect(found).toContain(`: ${reason}`)
  })

  test('a reference to itself ends', () => {
    const schema = '{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a"}}}'
    expect(rejection({ schema, values: '{}' })).toContain('causing reference cycle')
  })

  test('20,000 alternatives are all named', () => {
    const anyOf = Array.from({ length: 20_000 }, () => ({ type: 'string' }))
    const schema = JSON.stringify({ properties: { x: { anyOf } } })
    expect(rejection({ schema, values: '{"x":1}' }).split('\n')).toHaveLength(20_000 + 3)
  })

  test('100,000 alternatives are given up in time', () => {
    const anyOf = Array.from({ length: 100_000 }, () => ({ type: 'string' }))
    const one = chart('web', { schema: { properties: { x: { anyOf } } } })
    const started = processorTime()
    expect(caught(() => validateValues(one, new Map())).exit).toBe(6)
    expect(processorTime() - started).toBeLessThan(BUSY)
  })

  test('references that multiply are given up in time', () => {
    const $defs: Record<string, unknown> = { a30: { type: 'object' } }
    for (let at = 0; at < 30; at++) {
      const next = { $ref: `#/$defs/a${at + 1}` }
      $defs[`a${at}`] = { allOf: [next, { not: { not: next } }] }
    }
    const schema = JSON.stringify({ $ref: '#/$defs/a0', $defs })
    const started = processorTime()
    const parsed = chart('web', { schema: JSON.parse(schema) as object })
    expect(caught(() => validateValues(parsed, new Map())).code).toBe('SCHEMA_INVALID')
    expect(processorTime() - started).toBeLessThan(BUSY)
  })

  test('a pattern that backtracks elsewhere takes linear time', () => {
    const schema = '{"properties":{"x":{"pattern":"^(a+)+$"}}}'
    const values = JSON.stringify({ x: `${'a'.repeat(5000)}!` })
    const started = processorTime()
    expect(rejection({ schema, values })).toContain('does not match pattern')
    expect(processorTime() - started).toBeLessThan(1000)
  })

  test('__proto__ is a property like any other', () => {
    const schema = '{"properties":{"__proto__":{"type":"string"}},"additionalProperties":false}'
    expect(rejection({ schema, values: '{"__proto__":1}' })).toContain(
      "- at '/__proto__': got number, want string",
    )
  })
})

/** Milliseconds: what takes two seconds at most, on a processor that others heat up. */
const BUSY = 6000

function caught(run: () => void): PkgError {
  try {
    run()
  } catch (error) {
    if (error instanceof PkgError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
