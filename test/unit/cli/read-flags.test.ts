import { expect, test } from 'vitest'
import { readLabels } from '../../../src/cli/read-flags.ts'

// Wanted: what Helm 4.1.4 makes of the same values of --labels.
test.each([
  { texts: ['a=b', 'c=d,e=f'], want: { a: 'b', c: 'd', e: 'f' } },
  { texts: ['"a=b"'], want: { a: 'b' } },
  { texts: ['"a=b",c=d'], want: { a: 'b', c: 'd' } },
  { texts: ['a=b,c'], want: { a: 'b,c' } },
  { texts: ['a='], want: { a: '' } },
])('labels of $texts', ({ texts, want }) => {
  expect(readLabels(texts)).toEqual(want)
})

test.each([
  ['', 'invalid argument "" for "-l, --labels" flag:  must be formatted as key=value'],
  [
    '"a"',
    String.raw`invalid argument "\"a\"" for "-l, --labels" flag: "a" must be formatted as key=value`,
  ],
  [
    'a=b,c=d,e',
    'invalid argument "a=b,c=d,e" for "-l, --labels" flag: e must be formatted as key=value',
  ],
  [
    'a=b,c="d"',
    String.raw`invalid argument "a=b,c=\"d\"" for "-l, --labels" flag: parse error on line 1, column 7: bare " in non-quoted-field`,
  ],
])('labels of %j are refused', (text, message) => {
  expect(() => readLabels([text])).toThrow(message)
})
