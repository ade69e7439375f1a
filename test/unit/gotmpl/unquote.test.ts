import { assert, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { toBytes } from '../../../src/golang/bytes.ts'
import { quote, quoteToAscii } from '../../../src/golang/strconv.ts'
import { unquote, unquoteChar } from '../../../src/gotmpl/unquote.ts'

test('what is quoted reads back as it was', () => {
  assert(
    property(string({ unit: 'binary' }), (text) => {
      expect(unquote(quote(text))).toBe(text)
      expect(unquote(quoteToAscii(text))).toBe(text)
    }),
  )
})

// Wanted values are those of Go's strconv.Unquote.
test.each([
  { literal: String.raw`"\a\b\f\n\r\t\v\\\""`, want: '\x07\b\f\n\r\t\v\\"' },
  { literal: String.raw`"\x41\101\u00e9\U0001F600"`, want: 'AAé😀' },
  { literal: '`raw \\n\r\n`', want: 'raw \\n\n' },
  { literal: String.raw`"\'"`, want: undefined },
  { literal: String.raw`"\q"`, want: undefined },
  { literal: String.raw`"\400"`, want: undefined },
  { literal: String.raw`"\ud800"`, want: undefined },
  { literal: String.raw`"\U00110000"`, want: undefined },
  { literal: String.raw`"\x4"`, want: undefined },
])('$literal', ({ literal, want }) => {
  expect(unquote(literal)).toBe(want)
})

test('bytes that are written one by one can make up a character', () => {
  expect(unquote(String.raw`"\xc3\xa9"`)).toBe('é')
  expect(toBytes(unquote(String.raw`"a\xff"`) ?? '')).toEqual(Buffer.from([0x61, 0xff]))
})

test.each([
  { literal: "'a'", want: { point: 97, rest: "'" } },
  { literal: String.raw`'\''`, want: { point: 39, rest: "'" } },
  { literal: String.raw`'\u00e9'`, want: { point: 233, rest: "'" } },
  { literal: "'😀'", want: { point: 0x1f600, rest: "'" } },
  { literal: "'ab'", want: { point: 97, rest: "b'" } },
  { literal: "''", want: undefined },
  { literal: String.raw`'\"'`, want: undefined },
])('the character constant $literal', ({ literal, want }) => {
  expect(unquoteChar(literal)).toEqual(want)
})
