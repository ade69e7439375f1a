import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compileJsonPath } from '../../../src/encoding/json-path.ts'
import { decodeYaml } from '../../../src/encoding/yaml-decode.ts'
import { GoError } from '../../../src/golang/value.ts'

/* Recorded from the real Helm by test/conformance/record-json-path.mjs. */
const FILE = join(import.meta.dirname, '../../conformance/golden/json-path.json')
const { values, rows } = JSON.parse(readFileSync(FILE, 'utf8')) as {
  values: string
  rows: [template: string, want: { prints?: string; error?: string }][]
}
const data = decodeYaml(values)

test.each(rows)('%j gives %j', (template, want) => {
  expect(run(template)).toEqual(want)
})

test('maps are walked by their sorted keys', () => {
  const map = decodeYaml('b: {x: 2}\na: {x: 1}\nc: 3\n')
  expect([compileJsonPath('{.*}')(map), compileJsonPath('{..x}')(map)]).toEqual([
    '{"x":1} {"x":2} 3',
    '1 2',
  ])
})

test('a native chart compares integers with integers', () => {
  const list = decodeYaml('[{port: 80}, {port: 81}]', { dialect: 'core', keepIntegers: true })
  expect(compileJsonPath('{[?(@.port>80)].port}')(list)).toBe('81')
})

/** Helm says nothing of what is not found while it prints. */
function run(template: string): { prints?: string; error?: string } {
  try {
    const path = compileJsonPath(template)
    try {
      return { prints: path(data) }
    } catch (error) {
      if (error instanceof GoError) return { prints: '' }
      throw error
    }
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    return { error: `error parsing jsonpath ${template}: ${error.message}` }
  }
}
