import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isEmail, isRequestUrl, isUrl, isUrlByPattern } from '../../../src/lint/addresses.ts'

/* Recorded from the real Helm by test/conformance/record-addresses.mjs. */
const FILE = join(import.meta.dirname, '../../conformance/lint/addresses.json')
const recorded = JSON.parse(readFileSync(FILE, 'utf8')) as Record<
  'emails' | 'urls' | 'requests',
  Record<string, boolean>
>

describe.each([
  ['e-mail address', isEmail, recorded.emails],
  ['URL or host', isUrl, recorded.urls],
  ['URL of a request', isRequestUrl, recorded.requests],
] as const)('%s', (_, judge, rows) => {
  test.each(Object.entries(rows))('%j: %j', (text, want) => {
    expect(judge(text)).toBe(want)
  })
})

test('hostile texts are judged in no time', () => {
  const long = 'a'.repeat(2000)
  expect([isUrl(`http://${long}-`), isUrl(`${'a-'.repeat(1000)}!`)]).toEqual([false, false])
  expect(isEmail(`${'a.'.repeat(50_000)}@${'b.'.repeat(50_000)}!`)).toBe(false)
})

test('what is taken for a URL at once is one by the whole pattern', () => {
  const word = fc.stringMatching(/^[a-z0-9A-Z]{1,5}$/)
  const host = fc.array(fc.tuple(word, fc.constantFrom('.', '-', '')), { maxLength: 5 })
  const rest = fc.constantFrom('', ':80', ':123456', '/', '/a b', '?x=1', '#y', '/é', '.')
  fc.assert(
    fc.property(fc.constantFrom('http', 'https', 'ftp'), host, rest, (scheme, parts, end) => {
      const url = `${scheme}://${parts.flat().join('')}${end}`
      if (isUrl(url)) expect(isUrlByPattern(url)).toBe(true)
    }),
    { numRuns: 3000 },
  )
})
