import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha256 } from '../../../src/base/digest.ts'
import { sha256OfShort } from '../../../src/base/sha256.ts'

/** What is wanted is what node:crypto says. */
const wanted = (data: Uint8Array | string) => createHash('sha256').update(data).digest('hex')

test('any bytes hash as node:crypto has it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
      expect(sha256OfShort(bytes)).toBe(wanted(bytes))
    }),
  )
})

test.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 511, 512, 513, 5000])(
  'text of %d letters hashes alike, short or long',
  (length) => {
    const text = 'ä'.repeat(length)
    expect(sha256(text)).toBe(wanted(text))
  },
)

test('a hash leaves its bytes and the next hash alone', () => {
  const bytes = new Uint8Array(100).fill(7)
  expect([sha256OfShort(bytes), sha256OfShort(bytes)]).toEqual([wanted(bytes), wanted(bytes)])
  expect(bytes).toEqual(new Uint8Array(100).fill(7))
})
