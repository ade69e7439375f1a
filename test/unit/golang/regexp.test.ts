import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  compileRegexp,
  findAll,
  findFirst,
  quoteMeta,
  replaceAll,
  replaceAllLiteral,
  splitAt,
} from '../../../src/golang/regexp.ts'
import { GoError } from '../../../src/golang/value.ts'

/** What Helm 4.1.4's regex functions gave. */
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../conformance/golden/regex.json'), 'utf8'),
) as {
  ok: [pattern: string, subject: string][]
  rows: { m: boolean; f: string; fa: string[] | null; r: string; l: string; sp: string[] }[]
  err: Record<string, string>
}

test('each pattern does on each subject what it does in Helm', () => {
  const results = golden.ok.map(([pattern, subject]) => {
    const regexp = compileRegexp(pattern)
    return {
      m: regexp.test(subject),
      f: findFirst(regexp, subject),
      fa: findAll(regexp, subject, -1) ?? null,
      r: replaceAll(regexp, subject, '<$0|$1|${1}x>'),
      l: replaceAllLiteral(regexp, subject, '<$1>'),
      sp: splitAt(regexp, subject, -1),
    }
  })
  expect(results).toEqual(golden.rows)
})

test.each(Object.entries(golden.err))('the pattern %j is refused', (pattern, message) => {
  expect(() => compileRegexp(pattern)).toThrow(new GoError(message))
})

// Wanted values are what Go 1.25 prints for FindAllString, Split and ReplaceAllString.
test('a limit bounds what is found and split', () => {
  const comma = compileRegexp(', *')
  expect(findAll(compileRegexp('[a-z]'), 'abc', 2)).toEqual(['a', 'b'])
  expect(splitAt(comma, 'a, b,c', 2)).toEqual(['a', 'b,c'])
  expect(splitAt(comma, 'a, b,c', 0)).toBeUndefined()
})

test('a replacement takes the longest name, and groups by name', () => {
  const regexp = compileRegexp('(?P<first>a)(b)?')
  expect(replaceAll(regexp, 'ab', '$1x|${1}x|$first|$2|$9|$$1|$|${')).toBe('|ax|a|b||$1|$|${')
})

test('two groups may have one name', () => {
  expect(replaceAll(compileRegexp('(?P<x>a)|(?P<x>b)'), 'ab', '[$x]')).toBe('[a][b]')
})

test('quoted text matches itself', () => {
  expect(quoteMeta('a.b*[c](d){e}^$|\\+?-/')).toBe(
    'a\\.b\\*\\[c\\]\\(d\\)\\{e\\}\\^\\$\\|\\\\\\+\\?-/',
  )
})

test('a pattern that makes other engines backtrack takes no time', () => {
  expect(compileRegexp('^(a+)+$').test(`${'a'.repeat(5000)}!`)).toBe(false)
  expect(compileRegexp('(a|a)*b').test('a'.repeat(5000))).toBe(false)
})
