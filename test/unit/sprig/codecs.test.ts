import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBase32, encodeBase32 } from '../../../src/sprig/base32.ts'
import { decodeBase64 } from '../../../src/sprig/base64.ts'
import { parseIp } from '../../../src/sprig/ip.ts'
import { decodePem, encodePem } from '../../../src/sprig/pem.ts'
import { formatUrl, parseUrl } from '../../../src/sprig/url.ts'

const bytes = fc.uint8Array({ maxLength: 100 }).map((array) => Buffer.from(array))

test('base32 gives back the bytes that it took', () => {
  fc.assert(
    fc.property(bytes, (data) => {
      expect(decodeBase32(encodeBase32(data))).toEqual(data)
    }),
  )
})

test('base64 gives back the bytes that it took, whatever line breaks are put in', () => {
  const broken = fc.tuple(bytes, fc.nat(40), fc.constantFrom('\n', '\r\n'))
  fc.assert(
    fc.property(broken, ([data, at, lineBreak]) => {
      const text = data.toString('base64')
      const place = Math.min(at, text.length)
      expect(decodeBase64(text.slice(0, place) + lineBreak + text.slice(place))).toEqual(data)
    }),
  )
})

test('a PEM block is found again behind other text', () => {
  const types = fc.constantFrom('CERTIFICATE', 'RSA PRIVATE KEY')
  fc.assert(
    fc.property(types, bytes, (type, data) => {
      expect(decodePem(`other\n${encodePem({ type, bytes: data })}`)).toEqual({ type, bytes: data })
    }),
  )
})

test('a URL that was written reads as the same URL', () => {
  const path = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => `/x${text}`)
  const urls = fc.record({
    scheme: fc.constantFrom('http', 'oci', 'https'),
    opaque: fc.constant(''),
    user: fc.constantFrom(undefined, { name: 'a b', password: 'p:@/' }),
    host: fc.constantFrom('example.com', 'h:80', '[::1]:443'),
    path,
    query: fc.constantFrom('', 'a=b&c'),
    fragment: fc.string({ maxLength: 10 }),
  })
  fc.assert(
    fc.property(urls, (url) => {
      expect(parseUrl(formatUrl(url))).toEqual(url)
    }),
  )
})

const body = 'YWJj\n'

// Wanted values are what Go's pem.Decode gives.
test.each([
  ['headers', `-----BEGIN A-----\nProc-Type: 4\nx: y: z\n\n${body}-----END A-----\n`, 'A'],
  ['blanks and CRLF', '-----BEGIN A----- \r\nYW Jj\r\n-----END A-----\r\n', 'A'],
  ['a BEGIN without END', `-----BEGIN A-----\n-----BEGIN B-----\n${body}-----END B-----\n`, 'B'],
  ['another END', `-----BEGIN A-----\n${body}-----END B-----\n`, undefined],
  ['no base64', '-----BEGIN A-----\n?\n-----END A-----\n', undefined],
  [
    'a block behind one that is broken',
    `-----BEGIN A-----\n?\n-----END A-----\n-----BEGIN B-----\n${body}-----END B-----\n`,
    'B',
  ],
])('a PEM text with %s', (_, text, type) => {
  expect(decodePem(text)).toEqual(type && { type, bytes: Buffer.from('abc') })
})

test('a PEM text of headers alone is read in one pass', () => {
  const headers = 'a: b: c: d\n'.repeat(20_000)
  expect(decodePem(`-----BEGIN A-----\n${headers}-----END A-----`)).toBeUndefined()
  expect(decodePem(`-----BEGIN A-----\n${headers}?\n-----END A-----`)).toBeUndefined()
})

// Wanted values are what Go's net.ParseIP gives.
test.each([
  ['1.2.3.4', [1, 2, 3, 4]],
  ['01.2.3.4', undefined],
  ['1.2.3', undefined],
  ['256.1.1.1', undefined],
  ['::', Array.from({ length: 16 }, () => 0)],
  ['::ffff:1.2.3.4', [1, 2, 3, 4]],
  ['1::2', [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]],
  ['1:2:3:4:5:6:7:8', [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
  ['1:2:3:4:5:6:7::8', undefined],
  ['1::2::3', undefined],
  ['1.2.3.4::', undefined],
  ['12345::', undefined],
  ['', undefined],
])('the IP address %j', (text, wanted) => {
  expect(parseIp(text)).toEqual(wanted)
})
