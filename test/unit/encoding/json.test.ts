import { assert, jsonValue, property } from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../../../src/base/json.ts'
import {
  decodeJson,
  decodeJsonList,
  decodeJsonMap,
  decodeJsonPlain,
  encodeJson,
} from '../../../src/encoding/json.ts'
import { fromBytes } from '../../../src/golang/bytes.ts'
import { GoError, GoNil, GoStruct, int, int64, type Value } from '../../../src/golang/value.ts'

// Wanted values are what Helm 4.1.4 prints for `toJson`.
test.each<[string, Value, string]>([
  [
    'keys in order',
    new Map<string, Value>([
      ['b', int(1)],
      ['a', null],
      ['Z', true],
    ]),
    '{"Z":true,"a":null,"b":1}',
  ],
  [
    'escapes',
    '<a>&"\\\n\u0001\u2028é😀\u007f',
    '"\\u003ca\\u003e\\u0026\\"\\\\\\n\\u0001\\u2028é😀\u007f"',
  ],
  ['bytes that are no text', fromBytes(Buffer.from([0x61, 0xff])), '"a\\ufffd"'],
  [
    'floats',
    [1, 1.5, 1e20, 1e21, 1e-6, 1e-7, -0],
    '[1,1.5,100000000000000000000,1e+21,0.000001,1e-7,-0]',
  ],
  ['exact integers', [int64(9_007_199_254_740_993n)], '[9007199254740993]'],
  ['bytes', Uint8Array.of(104, 105), '"aGk="'],
  ['typed nil', new GoNil('map', { name: 'map[string]string' }), 'null'],
])('%s', (_, value, want) => {
  expect(encodeJson(value)).toBe(want)
})

test('a struct has its JSON names, without what is empty and omitted', () => {
  const type = {
    name: 'v2.Metadata',
    fields: [
      { name: 'Name', json: 'name' },
      { name: 'Home', json: 'home', omitEmpty: true },
      { name: 'Hidden', json: undefined },
    ],
  }
  const fields = new Map<string, Value>([
    ['Name', 'web'],
    ['Home', ''],
    ['Hidden', 'x'],
  ])
  expect(encodeJson(new GoStruct(type, fields))).toBe('{"name":"web"}')
})

test('indentation and raw HTML are a choice', () => {
  const value = { b: [], a: { c: ['<'] }, d: {} }
  expect(encodeJson(value, { indent: '  ', escapeHtml: false })).toBe(
    '{\n  "a": {\n    "c": [\n      "<"\n    ]\n  },\n  "b": [],\n  "d": {}\n}',
  )
})

test('what JSON cannot hold is refused', () => {
  expect(() => encodeJson([Number.NaN])).toThrow(new GoError('json: unsupported value: NaN'))
  expect(() => encodeJson(Infinity)).toThrow(new GoError('json: unsupported value: +Inf'))
})

// Wanted values are what Helm 4.1.4 puts under "Error" for `fromJson`.
test.each([
  ['', 'unexpected end of JSON input'],
  ['{', 'unexpected end of JSON input'],
  ['{"a"}', "invalid character '}' after object key"],
  ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
  ['[1 2]', "invalid character '2' after array element"],
  ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
  ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
  ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
  ['nul', "invalid character ' ' in literal null (expecting 'l')"],
  ['-', "invalid character ' ' in numeric literal"],
  ['{"a":1.}', "invalid character '}' after decimal point in numeric literal"],
  ['{"a":1ex}', "invalid character 'x' in exponent of numeric literal"],
  ['"a\nb"', "invalid character '\\n' in string literal"],
  ['"\\x"', "invalid character 'x' in string escape code"],
  ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
  ['{} x', "invalid character 'x' after top-level value"],
  ['é', "invalid character 'Ã' looking for beginning of value"],
  ['[1]', 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
  ['{"a":1e400}', 'json: cannot unmarshal number 1e400 into Go value of type float64'],
])('%j is refused', (text, want) => {
  expect(() => decodeJsonMap(text)).toThrow(new GoError(want))
})

test('all numbers are floats, the last of equal keys counts', () => {
  expect(decodeJson('{"a":1,"b":[true,null,"x"],"a":2}')).toEqual(
    new Map<string, Value>([
      ['a', 2],
      ['b', [true, null, 'x']],
    ]),
  )
  expect(decodeJsonMap('null')).toBeInstanceOf(GoNil)
  expect(decodeJsonList('[1]')).toEqual([1])
})

test('half a surrogate pair becomes U+FFFD', () => {
  expect(decodeJsonPlain('{"\\ud800":"a\\udc00"}')).toEqual({ '\ufffd': 'a\ufffd' })
})

test('keys that JavaScript treats apart are keys like others', () => {
  expect([...(decodeJson('{"__proto__":1,"constructor":2}') as Map<string, Value>)]).toEqual([
    ['__proto__', 1],
    ['constructor', 2],
  ])
})

test('nesting beyond a thousand levels is refused', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  expect(() => decodeJson(deep)).toThrow(new GoError("invalid character '[' exceeded max depth"))
})

test('JSON reads back from what is written', () => {
  assert(
    property(jsonValue({ maxDepth: 3 }), (value) => {
      const json = JSON.parse(JSON.stringify(value)) as Json
      expect(decodeJsonPlain(encodeJson(json))).toEqual(json)
      expect(encodeJson(decodeJson(encodeJson(json)))).toBe(encodeJson(json))
    }),
  )
})
