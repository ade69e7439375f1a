import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isKeybox, keysOfKeybox } from '../../../src/signing/keybox.ts'

/** A blob of a keybox, as GnuPG's kbx/keybox-blob.c lays it out: 20 bytes, then the key. */
function blob(type: number, key: Uint8Array): Buffer {
  const head = Buffer.alloc(20)
  head.writeUInt32BE(20 + key.length, 0)
  head[4] = type
  head[5] = 1
  head.write(type === 1 ? 'KBXf' : '', 8, 'latin1')
  if (type === 2) {
    head.writeUInt32BE(20, 8)
    head.writeUInt32BE(key.length, 12)
  }
  return Buffer.concat([head, key])
}

const FIRST = blob(1, Buffer.alloc(12))

test('the OpenPGP keys of a keybox come out whole and in order', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ type: fc.constantFrom(2, 3, 0), key: fc.uint8Array({ maxLength: 40 }) }),
      ),
      (blobs) => {
        const file = Buffer.concat([FIRST, ...blobs.map(({ type, key }) => blob(type, key))])
        expect(isKeybox(file)).toBe(true)
        const want = blobs.filter(({ type }) => type === 2).map(({ key }) => Buffer.from(key))
        expect(keysOfKeybox(file)).toEqual(Buffer.concat(want))
      },
    ),
  )
})

test('other bytes end in an error or in nothing, never in a read outside', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        expect(keysOfKeybox(Buffer.from(bytes)).length).toBeLessThanOrEqual(bytes.length)
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError)
      }
    }),
  )
})

test.each([
  ['that ends within a blob', Buffer.concat([FIRST, Buffer.alloc(5)])],
  [
    'with a blob longer than itself',
    Buffer.concat([FIRST, blob(2, Buffer.alloc(9)).subarray(0, 25)]),
  ],
  ['with a blob of no length', Buffer.concat([FIRST, Buffer.alloc(32)])],
  [
    'with a key longer than its blob',
    (() => {
      const bytes = blob(2, Buffer.alloc(4))
      bytes.writeUInt32BE(400, 12)
      return Buffer.concat([FIRST, bytes])
    })(),
  ],
])('a keybox %s is refused', (_, bytes) => {
  expect(() => keysOfKeybox(bytes)).toThrow(RangeError)
})

test.each([
  ['', false],
  ['-----BEGIN PGP PUBLIC KEY BLOCK-----', false],
  ['12345678KBXf', true],
])('%j is a keybox: %s', (text, want) => {
  expect(isKeybox(Buffer.from(text))).toBe(want)
})
