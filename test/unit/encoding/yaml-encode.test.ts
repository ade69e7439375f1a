import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { assert, jsonValue, property } from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Json } from '../../../src/base/json.ts'
import { decodeJson, encodeJson } from '../../../src/encoding/json.ts'
import { encodeYaml, encodeYamlPlain, encodeYamlPretty } from '../../../src/encoding/yaml-encode.ts'
import { GoError, int64, type Value } from '../../../src/golang/value.ts'

/** What Helm 4.1.4 gave: value, `toJson`, `toYaml`, `toYamlPretty`. */
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../conformance/golden/yaml-emit.json'), 'utf8'),
) as { v: Json; j: string; y: string; p: string }[]

/** Helm's order of these keys is not transitive, so it varies from run to run. */
const VARYING = { first: 3472, last: 3480 }

/** Like the template functions: without the last line break, empty on failure. */
function shown(encode: (value: Value) => string, value: Value): string {
  try {
    return encode(value).replace(/\n$/, '')
  } catch (error) {
    if (error instanceof GoError) return ''
    throw error
  }
}

test('each value is written as Helm writes it', () => {
  const rows = golden.map(({ v, y }, index) => {
    const value = decodeJson(JSON.stringify(v))
    const varies = index >= VARYING.first && index <= VARYING.last
    return {
      v,
      j: encodeJson(value),
      y: varies ? y : shown(encodeYaml, value),
      p: shown(encodeYamlPretty, value),
    }
  })
  expect(rows).toEqual(golden)
})

// Wanted values are what Helm 4.1.4 prints for `toYaml` and `toYamlPretty`.
test('integers keep all their digits', () => {
  const value = [int64(9_007_199_254_740_993n), 1e6]
  expect(encodeYaml(value)).toBe('- 9007199254740993\n- 1000000\n')
  expect(encodeYamlPretty(value)).toBe('- 9007199254740993\n- 1e+06\n')
})

test.each<[string, Value, string]>([
  ['NaN', Number.NaN, 'error marshaling into JSON: json: unsupported value: NaN'],
  ['a control character', 'a\u007f', 'yaml: control characters are not allowed'],
  ['a long key', new Map([['k'.repeat(1023), 1]]), "yaml: did not find expected ',' or '}'"],
])('%s is refused', (_, value, want) => {
  expect(() => encodeYaml(value)).toThrow(new GoError(want))
})

test('a key of 128 bytes stands before its colon, a longer one behind a question mark', () => {
  expect(encodeYamlPlain({ ['k'.repeat(128)]: [1] })).toBe(`${'k'.repeat(128)}:\n- 1\n`)
  expect(encodeYamlPlain({ ['k'.repeat(129)]: [1] })).toBe(`? ${'k'.repeat(129)}\n: - 1\n`)
})

test('a thousand levels are written', () => {
  let deep: Json = 1
  for (let level = 0; level < 1000; level++) deep = { a: deep }
  expect(encodeYamlPlain(deep).split('\n')).toHaveLength(1001)
})

test('a YAML 1.2 reader reads back what is written', () => {
  assert(
    property(jsonValue({ maxDepth: 3 }), (value) => {
      const json = JSON.parse(JSON.stringify(value)) as Json
      expect(parse(encodeYamlPlain(json), { version: '1.2' })).toEqual(json)
      expect(parse(encodeYamlPretty(json), { version: '1.2' })).toEqual(json)
    }),
  )
})
