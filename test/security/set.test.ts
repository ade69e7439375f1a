import * as fc from 'fast-check'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PkgError } from '../../src/base/errors.ts'
import { encodeJson } from '../../src/encoding/json.ts'
import type { GoMap } from '../../src/golang/value.ts'
import { parseSet, type SetFlag } from '../../src/values/parse-set.ts'
import { oracle, runHelm } from '../support/oracle.ts'
import { processorTime } from '../support/processor-time.ts'

/** What the expressions set, as JSON, or the message of the failure. */
function set(expression: string, flag: SetFlag = 'set'): string {
  const values: GoMap = new Map()
  try {
    parseSet(flag, expression, values)
    return encodeJson(values)
  } catch (error) {
    if (error instanceof PkgError && error.code === 'SET_SYNTAX') return error.message
    throw error
  }
}

test('the largest index is taken and the one after it refused', () => {
  expect(JSON.parse(set('a[65536]=1')).a).toHaveLength(65_537)
  expect(set('a[65537]=1')).toContain('index of 65537 is greater than maximum supported index')
})

test('thirty levels are taken and one more refused', () => {
  expect(set(`${'a.'.repeat(30)}b=1`)).toContain('"b":1')
  expect(set(`${'a.'.repeat(31)}b=1`)).toContain('maximum supported nested level of 30')
})

test('a long row of indexes is refused, and not with a broken stack', () => {
  expect(set(`a${'[0]'.repeat(100_000)}=1`)).toContain('more than 1000 indexes in a row')
})

test.each(['__proto__', 'constructor.prototype', 'toString', 'hasOwnProperty'])(
  '%s is a key like any other',
  (key) => {
    const keys = key.split('.')
    const wanted = keys.reduceRight((inner, name) => `{"${name}":${inner}}`, '{"x":1}')
    expect(set(`${key}.x=1`)).toBe(wanted)
  },
)

test('ten thousand pairs and a very long key are read quickly', () => {
  const started = processorTime()
  set(Array.from({ length: 10_000 }, (_, at) => `k${at}=${at}`).join())
  set(`${'k'.repeat(1_000_000)}=1`)
  expect(processorTime() - started).toBeLessThan(2000)
})

const PIECES = [
  'a',
  'b',
  '.',
  '=',
  '1',
  '0',
  '-',
  ',',
  '[0]',
  '[1]',
  '{',
  '}',
  '\\',
  'null',
  'true',
]
const expressions = fc
  .array(fc.constantFrom(...PIECES, '__proto__', ' ', '[', ']', '"', "'"), { maxLength: 14 })
  .map((pieces) => pieces.join(''))
const flags = fc.constantFrom<SetFlag>('set', 'set-string', 'set-literal', 'set-json')

test('nothing but a SET_SYNTAX error is ever thrown', () => {
  fc.assert(
    fc.property(expressions, flags, (expression, flag) => {
      expect(typeof set(expression, flag)).toBe('string')
    }),
    { numRuns: 2000, seed: 1 },
  )
})

test.runIf(oracle('helm') !== undefined)('the real Helm agrees on whatever is written', () => {
  const chart = mkdtempSync(join(tmpdir(), 'set-'))
  mkdirSync(join(chart, 'templates'))
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: t\nversion: 0.1.0\n')
  writeFileSync(join(chart, 'templates', 'a.yaml'), 'json: {{ toJson .Values | b64enc }}\n')
  try {
    fc.assert(
      fc.property(expressions, flags, (expression, flag) => {
        const { code, stdout, stderr } = runHelm([
          'template',
          'r',
          chart,
          `--${flag}=${expression}`,
        ])
        const json = /json: (\S+)/.exec(stdout)?.[1] ?? ''
        const helm = code === 0 ? Buffer.from(json, 'base64').toString() : stderr.slice(7).trim()
        // An object as a whole is merged by what composes the values, not by the grammar.
        fc.pre(flag !== 'set-json' || !expression.trim().startsWith('{'))
        expect(set(expression, flag).trim()).toBe(helm)
      }),
      { numRuns: 40, seed: 20 },
    )
  } finally {
    rmSync(chart, { recursive: true })
  }
})
