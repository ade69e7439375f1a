import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pieces, toBytes } from '../../../src/golang/bytes.ts'

test('pieces of a text are its bytes, also where a character or a lone byte stands at a cut', () => {
  const letter = fc.constantFrom('a', 'é', '€', '😀', '\ud800', '\udc00', '\udc80', '\udcff')
  const parts = fc.tuple(fc.nat(4), fc.array(letter, { maxLength: 6 }), fc.nat(140_000))
  fc.assert(
    fc.property(parts, ([early, letters, more]) => {
      const text = 'x'.repeat(65_537 - early) + letters.join('') + 'y'.repeat(more)
      // A piece holds until the next one is asked for.
      const found = Array.from(pieces(text), (piece) => Buffer.from(piece))
      expect(Buffer.concat(found).equals(toBytes(text))).toBe(true)
      expect(found.every(({ length }) => length <= 3 * 65_537)).toBe(true)
    }),
  )
})

test('an empty text has no piece', () => {
  expect([...pieces('')]).toEqual([])
})
