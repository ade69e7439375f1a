import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  areAllPrintableAscii,
  areDigits,
  isLetter,
  isShortDecimal,
} from '../../../src/base/ascii.ts'

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('0', '1', '9', '+', '-', '.', 'a', ' ', '\n'), maxLength: 18 }),
  fc.string({ unit: 'binary', maxLength: 4 }),
)

test('short texts are judged as patterns judge them', () => {
  fc.assert(
    fc.property(text, (text) => {
      expect(isShortDecimal(text)).toBe(/^[-+]?[1-9][0-9]{0,14}$/.test(text))
      expect(areDigits(text, 0)).toBe(/^[0-9]*$/.test(text))
      expect(areAllPrintableAscii(text)).toBe(/^[\x20-\x7e]*$/.test(text))
    }),
    { numRuns: 3000 },
  )
})

test('letters are those of ASCII', () => {
  const found = Array.from({ length: 0x300 }, (_, unit) => unit).filter(isLetter)
  expect(String.fromCharCode(...found)).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz')
})
