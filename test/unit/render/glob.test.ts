import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compileGlob } from '../../../src/render/glob.ts'

interface Golden {
  files: string[]
  /** `found` has positions in `files`. */
  rows: { pattern: string; found: 'all' | number[] }[]
}

// What `.Files.Glob` of Helm 4.1.4 finds among the same files.
const { files, rows } = JSON.parse(
  readFileSync(new URL('../../conformance/golden/globs.json', import.meta.url), 'utf8'),
) as Golden

test('patterns find what Helm finds', () => {
  const wanted = rows.map(({ pattern, found }) => ({
    pattern,
    found: files.filter((_, at) => found === 'all' || found.includes(at)),
  }))
  const ours = rows.map(({ pattern }) => ({ pattern, found: files.filter(compileGlob(pattern)) }))
  expect(ours).toEqual(wanted)
})

test.each([
  { pattern: '*', path: 'a/b', want: false },
  { pattern: '**', path: 'a/b', want: true },
  { pattern: '**/*.txt', path: 'a.txt', want: false },
  { pattern: 'a**', path: 'ab/c/d', want: true },
  { pattern: '[!a]', path: '/', want: true },
  { pattern: '{a,b{c,d}}e', path: 'bde', want: true },
  { pattern: '[', path: 'anything', want: true },
])('$pattern on $path gives $want', ({ pattern, path, want }) => {
  expect(compileGlob(pattern)(path)).toBe(want)
})

test('a pattern full of stars takes no longer than its length asks', () => {
  const matches = compileGlob('{a,aa,aaa}**'.repeat(200))
  expect(matches('a'.repeat(1000) + 'b')).toBe(true)
})

test('every pattern is taken and every path answered', () => {
  const pattern = fc.string({ unit: fc.constantFrom(...Array.from('*?[]{},!-^\\ab/é')) })
  fc.assert(
    fc.property(pattern, fc.string(), (text, path) => {
      expect(typeof compileGlob(text)(path)).toBe('boolean')
    }),
  )
})
