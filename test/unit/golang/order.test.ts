import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toBytes } from '../../../src/golang/bytes.ts'
import { byText, compareText } from '../../../src/golang/order.ts'

const unit = fc.constantFrom('a', 'b', '/', 'é', '\u{ffee}', '\u{1f310}', '\udc80', '\udcff')
const texts = fc.array(fc.string({ unit, maxLength: 4 }), { maxLength: 6 })

test('texts are ordered by their bytes', () => {
  fc.assert(
    fc.property(texts, (texts) => {
      const byBytes = texts.toSorted((a, b) => Buffer.compare(toBytes(a), toBytes(b)))
      expect(texts.toSorted(compareText)).toEqual(byBytes)
      expect(texts.toSorted(byText(texts, (text) => text))).toEqual(byBytes)
    }),
    { numRuns: 2000 },
  )
})
