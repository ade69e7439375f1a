import { expect, test } from 'vitest'
import { encodeJson } from '../../../src/encoding/json.ts'
import { decodeYamlMap } from '../../../src/encoding/yaml-decode.ts'
import { coalesceValues } from '../../../src/values/coalesce.ts'
import { composeValues } from '../../../src/values/compose-values.ts'
import { resolveSubcharts } from '../../../src/values/dependencies.ts'
import { chart } from './support.ts'

/* What is the same in Helm is held by test/conformance/values.test.ts. */

test('a native chart loses every null at every depth, but not those in lists', () => {
  const defaults = decodeYamlMap('a: null\nb: {c: null, d: {e: null, f: 1}}\ng: [null]\n')
  const native = chart('web', { native: true, values: defaults })
  const values = coalesceValues(native, decodeYamlMap('x: null\nb: {y: null}\n'))
  expect(encodeJson(values)).toBe('{"b":{"d":{"f":1}},"g":[null]}')
})

test('neither the chart nor the values given change', () => {
  const root = chart('web', { values: decodeYamlMap('a: {b: 1}\nsub: {k: null}\n') })
  root.subcharts = [chart('sub', { values: decodeYamlMap('k: 1\n'), parent: root })]
  root.metadata.dependencies = [{ name: 'sub', version: '0.1.0', repository: '', alias: 'other' }]
  const given = decodeYamlMap('a: {b: null}\n')
  const before = structuredClone({ root, given })
  const resolved = resolveSubcharts(root, given)
  coalesceValues(resolved.chart, given)
  expect({ root, given }).toEqual(before)
  expect(resolved.chart.subcharts.map(({ metadata }) => metadata.name)).toEqual(['other'])
})

test('maps that an alias shares in a file are set apart', () => {
  const files = [{ name: 'v.yaml', text: 'a: &x {k: 1}\nb: *x\n' }]
  const values = composeValues({ files, set: ['a.k=2'] }, 'helm')
  expect(encodeJson(values)).toBe('{"a":{"k":2},"b":{"k":1}}')
})

test('a broken file is named with its line, also in a later document', () => {
  const files = [{ name: 'prod.yaml', text: 'a: 1\n---\nb: [\nc: }\n' }]
  expect(() => composeValues({ files }, 'helm')).toThrow(
    expect.objectContaining({
      code: 'VALUES_UNREADABLE',
      message: expect.stringContaining('failed to parse prod.yaml: cannot unmarshal yaml document'),
      span: expect.objectContaining({ file: 'prod.yaml', line: 4, source: 'c: }' }),
    }),
  )
})
