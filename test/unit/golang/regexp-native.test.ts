import fc from 'fast-check'
import { RE2JS } from 're2js'
import { expect, test } from 'vitest'
import { compileRegexp } from '../../../src/golang/regexp.ts'
import { writeNativePattern } from '../../../src/golang/regexp-native.ts'

/** Where matches and their groups begin and end, by JavaScript's engine as the chart's run uses it. */
function nativeMatches(pattern: string, text: string): number[][] {
  const regexp = compileRegexp(pattern)
  return allMatches(text, (from) => regexp.exec(text, from))
}

function re2Matches(pattern: string, text: string): number[][] {
  const re2 = RE2JS.compile(pattern)
  const groups = Array.from({ length: re2.groupCount() + 1 }, (_, group) => group)
  return allMatches(text, (from) => {
    const matcher = re2.matcher(text)
    if (!matcher.find(from)) return undefined
    return groups.flatMap((group) => [matcher.start(group), matcher.end(group)])
  })
}

function allMatches(
  text: string,
  find: (from: number) => readonly number[] | undefined,
): number[][] {
  const all: number[][] = []
  for (let at = 0; at <= text.length;) {
    const match = find(at)
    if (match === undefined) break
    all.push([...match])
    const [start = 0, end = 0] = match
    at = end > start ? end : end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1)
  }
  return all
}

/** One of the words of a text. */
const oneOf = (words: string) => fc.constantFrom(...words.split(' '))

const characters = fc.constantFrom(
  ...Array.from('abc019_-/.:= \\{}"\n\r\t\v\f\u00a0é\u2028\u{1f600}'),
  '\udcff',
  '\udc80',
)
const texts = fc.array(characters, { maxLength: 14 }).map((all) => all.join(''))

const classItems = fc.oneof(
  oneOf(String.raw`a b 0 _ - . \n \- \. \] \[ \\ ^ $ { : \  `),
  oneOf(String.raw`a-c 0-9 A-Z \d \D \w \W \s \S !-~ +-/`),
)
const classes = fc
  .tuple(fc.constantFrom('', '^'), fc.array(classItems, { minLength: 1, maxLength: 4 }))
  .map(([sign, items]) => `[${sign}${items.join('')}]`)
const times = oneOf('  * + ? {2} {1,2} {2,} {0,2} *? +? ?? {1,}? {,2}')
const edges = oneOf(String.raw`^ $ \b \B`).map((edge) => [edge])

const { patterns } = fc.letrec<{ patterns: string; sequences: string; atoms: string }>((tie) => ({
  atoms: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    oneOf(String.raw`a b c 0 1 _ - / : = " . { } ] \. \/ \d \D \w \W \s \S \n \ `),
    classes,
    tie('patterns').map((body) => `(${body})`),
    tie('patterns').map((body) => `(?:${body})`),
  ),
  sequences: fc
    .array(fc.oneof({ weight: 6, arbitrary: fc.tuple(tie('atoms'), times) }, edges), {
      minLength: 1,
      maxLength: 4,
    })
    .map((parts) => parts.flat().join('')),
  patterns: fc
    .array(tie('sequences'), { minLength: 1, maxLength: 3 })
    .map((options) => options.join('|')),
}))
const withFlags = fc.tuple(oneOf('   (?m) (?s) (?sm)'), patterns).map((both) => both.join(''))

test('both engines find the same matches and groups', () => {
  fc.assert(
    fc.property(withFlags, fc.array(texts, { minLength: 1, maxLength: 6 }), (pattern, subjects) => {
      fc.pre(writeNativePattern(pattern) !== undefined)
      for (const text of subjects) {
        expect(nativeMatches(pattern, text)).toEqual(re2Matches(pattern, text))
      }
    }),
    { numRuns: 300 },
  )
})

test.each([
  // The next character always decides, and there is one start, or nothing is read in vain.
  { pattern: '^[a-z]+-[0-9]+$', longest: Math.floor(2 ** 21 / 15) },
  { pattern: 'v[0-9]+', longest: Math.floor(2 ** 21 / 7) },
  { pattern: '^(?:[a-z]+\\.)*[A-Z]$', longest: Math.floor(2 ** 21 / 20) },
  // From each start the rest of the text may be read in vain.
  { pattern: ':[0-9]+$', longest: 2 ** 11 },
  // Some characters do not decide.
  { pattern: '^.*x$', longest: 2 ** 11 },
  { pattern: '.*x$', longest: 161 },
  { pattern: '.*x.*y$', longest: 45 },
  // Too many ways.
  { pattern: '(a+)+$', longest: undefined },
  { pattern: '(a|a)*b', longest: undefined },
  { pattern: '(?:a|ab)*c', longest: undefined },
  { pattern: '(?:a+b?)*c', longest: undefined },
  { pattern: 'a?a?a?a?a?a?a?aaaaaaa', longest: undefined },
  { pattern: '(a|ab)(a|ab)(a|ab)(a|ab)(a|ab)', longest: undefined },
  { pattern: '.*.*.*.*.*.*x', longest: undefined },
])('$pattern runs on texts of up to $longest characters', ({ pattern, longest }) => {
  expect(writeNativePattern(pattern)?.longestText).toBe(longest)
})

test.each([
  ['(?i)a', 'flags that fold case'],
  ['é', 'what is not ASCII'],
  ['(?P<x>a)', 'names'],
  ['[[:alpha:]]', 'classes by name'],
  ['[]a]', 'a class that begins with its end'],
  ['\\pL', 'classes of Unicode'],
  ['\\B', 'what JavaScript finds within a character'],
  ['\\x41', 'characters by number'],
  ['(a*)*', 'repetitions of nothing'],
  ['(?:(a)|b)+', 'captures that JavaScript forgets'],
  ['a**', 'what Go refuses'],
  ['a{1001}', 'what Go refuses'],
  ['(?:a{2}){3}', 'counts of counts'],
  ['a{2', 'a count without an end'],
  ['', 'nothing'],
])('%j is left to re2js: %s', (pattern) => {
  expect(writeNativePattern(pattern)).toBeUndefined()
})

test('a text that is too long for a pattern is left to re2js, with the same matches', () => {
  const text = `${'image:12 '.repeat(600)}:8080`
  const at = text.length - 5
  expect(nativeMatches(':([0-9]+)$', text)).toEqual([[at, at + 5, at + 1, at + 5]])
  expect(compileRegexp(':([0-9]+)$').test(text)).toBe(true)
})

test('a text without what all matches have is not searched', () => {
  expect(writeNativePattern('(?m)^(?:a|b)*mlock\\s*=')?.literal).toBe('mlock')
  expect(writeNativePattern('x(ab)c|d')?.literal).toBe('')
  expect(writeNativePattern('x(ab)c?d{2}ef?')?.literal).toBe('xab')
})
