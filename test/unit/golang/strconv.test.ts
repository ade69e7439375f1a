import { assert, bigInt, double, property } from 'fast-check'
import { expect, test } from 'vitest'
import {
  atoi,
  formatFloat,
  parseBool,
  parseFloat,
  parseInt,
  parseUint,
  quote,
} from '../../../src/golang/strconv.ts'
import { GoError } from '../../../src/golang/value.ts'

function outcome(read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    if (error instanceof GoError) return error.message
    throw error
  }
}

// Wanted values are what Go 1.26's strconv gives.
test.each<[string, () => unknown, unknown]>([
  ['ParseInt base 0 hex', () => parseInt('-0x1F', 0), -31n],
  ['ParseInt base 0 octal', () => parseInt('0755', 0), 493n],
  ['ParseInt base 0 underscores', () => parseInt('1_000', 0), 1000n],
  [
    'ParseInt base 10 underscores',
    () => parseInt('1_000'),
    'strconv.ParseInt: parsing "1_000": invalid syntax',
  ],
  ['ParseInt empty', () => parseInt(''), 'strconv.ParseInt: parsing "": invalid syntax'],
  [
    'ParseInt too large',
    () => parseInt('9223372036854775808'),
    'strconv.ParseInt: parsing "9223372036854775808": value out of range',
  ],
  [
    'ParseInt stops at the range',
    () => parseInt('99999999999999999999x'),
    'strconv.ParseInt: parsing "99999999999999999999x": value out of range',
  ],
  ['ParseUint', () => parseUint('18446744073709551615'), 18_446_744_073_709_551_615n],
  ['ParseUint signed', () => parseUint('-1'), 'strconv.ParseUint: parsing "-1": invalid syntax'],
  ['Atoi', () => atoi('+12'), 12n],
  ['Atoi bad', () => atoi('1.5'), 'strconv.Atoi: parsing "1.5": invalid syntax'],
  ['ParseFloat', () => parseFloat('1_000.5'), 1000.5],
  ['ParseFloat hex', () => parseFloat('0x1.8p1'), 3],
  ['ParseFloat inf', () => parseFloat('-Inf'), -Infinity],
  [
    'ParseFloat too large',
    () => parseFloat('1e400'),
    'strconv.ParseFloat: parsing "1e400": value out of range',
  ],
  ['ParseFloat blank', () => parseFloat(' 1'), 'strconv.ParseFloat: parsing " 1": invalid syntax'],
  [
    'ParseFloat hex without exponent',
    () => parseFloat('0x1'),
    'strconv.ParseFloat: parsing "0x1": invalid syntax',
  ],
  ['ParseBool', () => parseBool('True'), true],
  ['ParseBool bad', () => parseBool('yes'), 'strconv.ParseBool: parsing "yes": invalid syntax'],
  [
    'Quote',
    () => quote('a\u0000\u200b\u00a0é\u007f\ud83d\ude00'),
    '"a\\x00\\u200b\\u00a0é\\x7f😀"',
  ],
  ['FormatFloat 32 bits', () => formatFloat(Math.fround(0.1), 'g', -1, 32), '0.1'],
  ['FormatFloat %e', () => formatFloat(123.456, 'e', 2), '1.23e+02'],
  ['FormatFloat %f of a tiny number', () => formatFloat(5e-324, 'f', 3), '0.000'],
  ['FormatFloat %g rounds to even', () => formatFloat(2.5, 'g', 1), '2'],
  ['FormatFloat %b', () => formatFloat(1, 'b'), '4503599627370496p-52'],
])('%s', (_, read, want) => {
  expect(outcome(read)).toEqual(want)
})

test('numbers read back from what is printed', () => {
  assert(
    property(double({ noNaN: true }), (value) => {
      for (const verb of ['e', 'f', 'g', 'x'] as const) {
        expect(parseFloat(formatFloat(value, verb))).toBe(value)
      }
    }),
  )
  assert(
    property(bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), (value) => {
      expect(parseInt(value.toString())).toBe(value)
    }),
  )
})
