import { assert, bigInt, property } from 'fast-check'
import { expect, test } from 'vitest'
import { formatDuration, parseDuration, roundDuration } from '../../../src/golang/duration.ts'
import { GoError } from '../../../src/golang/value.ts'

// Wanted values are what Go 1.26 prints for time.ParseDuration and Duration.String.
test.each([
  ['0', '0s'],
  ['1h15m30.918273645s', '1h15m30.918273645s'],
  ['-1.5h', '-1h30m0s'],
  ['+5m', '5m0s'],
  ['.5ms', '500µs'],
  ['1us1ns', '1.001µs'],
  ['1μs', '1µs'],
  ['100000h', '100000h0m0s'],
  ['2562047h47m16.854775807s', '2562047h47m16.854775807s'],
  ['-2562047h47m16.854775808s', '-2562047h47m16.854775808s'],
])('%j is %s', (text, want) => {
  expect(formatDuration(parseDuration(text))).toBe(want)
})

test.each([
  ['', 'time: invalid duration ""'],
  ['zz', 'time: invalid duration "zz"'],
  ['3', 'time: missing unit in duration "3"'],
  ['3d', 'time: unknown unit "d" in duration "3d"'],
  ['1é', 'time: unknown unit "\\xc3\\xa9" in duration "1\\xc3\\xa9"'],
  ['.s', 'time: invalid duration ".s"'],
  ['2562047h47m16.854775808s', 'time: invalid duration "2562047h47m16.854775808s"'],
])('%j is refused', (text, want) => {
  expect(() => parseDuration(text)).toThrow(new GoError(want))
})

test('a half is rounded away from zero', () => {
  expect(roundDuration(parseDuration('1.5s'), parseDuration('1s'))).toBe(parseDuration('2s'))
  expect(roundDuration(parseDuration('-1.5s'), parseDuration('1s'))).toBe(parseDuration('-2s'))
  expect(roundDuration(parseDuration('1.4s'), 0n)).toBe(parseDuration('1.4s'))
})

test('a duration reads back from what it prints', () => {
  assert(
    property(bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), (nanoseconds) => {
      expect(parseDuration(formatDuration(nanoseconds))).toBe(nanoseconds)
    }),
  )
})
