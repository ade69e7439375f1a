import { expect, test } from 'vitest'
import { encodeJson } from '../../../src/encoding/json.ts'
import { encodeToml } from '../../../src/encoding/toml.ts'
import { encodeYaml, encodeYamlPretty } from '../../../src/encoding/yaml-encode.ts'
import type { Value } from '../../../src/golang/value.ts'

/** A map that holds one map twice, which holds one twice, and so on. */
function doubled(levels: number): Value {
  let value: Value = 'leaf'
  for (let level = 0; level < levels; level++) {
    value = new Map<string, Value>([
      ['a', value],
      ['b', value],
    ])
  }
  return value
}

const ENCODERS: [string, (value: Value) => string][] = [
  ['JSON', (value) => encodeJson(value)],
  ['indented JSON', (value) => encodeJson(value, { indent: '  ' })],
  ['YAML', encodeYaml],
  ['pretty YAML', encodeYamlPretty],
  ['TOML', encodeToml],
]

test.each(ENCODERS)('%s of a value without bound is refused', (_, encode) => {
  expect(() => encode(doubled(60))).toThrow(
    expect.objectContaining({
      code: 'RENDER_BUDGET',
      message: expect.stringMatching(
        /^a value (?:holds more than 2,000,000 others|is more than 67,108,864 bytes as text)$/,
      ) as string,
    }),
  )
})

test.each(ENCODERS)('%s of a list of texts that are too long together is refused', (_, encode) => {
  const text = 'x'.repeat(40 * 1024 * 1024)
  const map = new Map<string, Value>([['texts', [text, text, text]]])
  expect(() => encode(map)).toThrow(expect.objectContaining({ code: 'RENDER_BUDGET' }))
})

test.each(ENCODERS)('%s of what stands in many places is written', (_, encode) => {
  expect(encode(doubled(10)).split('leaf')).toHaveLength(1025)
})
