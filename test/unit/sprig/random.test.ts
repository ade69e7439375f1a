import { expect, test } from 'vitest'
import { randomBelow, randomText } from '../../../src/sprig/random.ts'
import { render } from './call.ts'

/** Gives the bytes in turn, and then starts again. */
function cycle(...bytes: number[]): (count: number) => Uint8Array {
  let at = 0
  return (count) => Uint8Array.from({ length: count }, () => bytes[at++ % bytes.length] ?? 0)
}

test('a text takes each character of the alphabet from the same number of bytes', () => {
  // 256 is no multiple of 3: byte 255 would favour the first character and is drawn again.
  expect(randomText(cycle(0, 1, 2, 255, 3), 4, 'abc')).toBe('abca')
})

test('a number is drawn again where the range does not divide the draws evenly', () => {
  expect(randomBelow(cycle(0, 0, 0, 0, 0, 0, 0, 7), 5n)).toBe(2n)
  const high = Array.from({ length: 8 }, () => 255)
  expect(randomBelow(cycle(...high, 0, 0, 0, 0, 0, 0, 0, 4), 5n)).toBe(4n)
})

test.each([
  ['{{ randAlphaNum 3 }}', 'AAA'],
  ['{{ randNumeric 2 }}', '00'],
  ['{{ randBytes 3 }}', 'AAAA'],
  ['{{ randInt 5 9 }}', '5'],
  ['{{ shuffle "abc" }}', 'bca'],
  ['{{ uuidv4 }}', '00000000-0000-4000-8000-000000000000'],
  ['{{ encryptAES "k" "x" | trunc 20 }}', 'AAAAAAAAAAAAAAAAAAAA'],
])('%s comes from the source of random bytes', (template, wanted) => {
  expect(render(template, null, { random: cycle(0) })).toBe(wanted)
})
