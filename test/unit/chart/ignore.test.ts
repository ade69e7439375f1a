import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchesGlob, parseGlob } from '../../../src/chart/glob.ts'
import { parseIgnore } from '../../../src/chart/ignore.ts'

interface Golden {
  files: string[]
  rows: { rules: string; dropped?: string[]; error?: string }[]
}

const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../conformance/golden/helmignore.json'), 'utf8'),
) as Golden

/** What a walk leaves out: files that are ignored, and all below a folder that is. */
function dropped(rules: string): string[] {
  const ignores = parseIgnore(rules)
  return golden.files.filter((file) => {
    const parts = file.split('/')
    const folders = parts.slice(1).map((_, depth) => parts.slice(0, depth + 1).join('/'))
    return folders.some((folder) => ignores(folder, true)) || ignores(file, false)
  })
}

// Wanted: the files that Helm 4.1.4 leaves out of a package, or its error.
test.each(golden.rows)('$rules', ({ rules, dropped: want, error }) => {
  if (want !== undefined) expect(dropped(rules)).toEqual(want)
  else if (error === 'Chart.yaml file is missing') expect(dropped(rules)).toContain('Chart.yaml')
  else expect(() => parseIgnore(rules)).toThrow(error)
})

test('an error names the line of .helmignore', () => {
  expect(() => parseIgnore('*.txt\n[a\n')).toThrow(
    expect.objectContaining({
      code: 'CHART_INVALID',
      hint: 'Change the line or take it away; "*" stands for what is between two "/".',
      span: { file: '.helmignore', line: 2, column: 1, source: '[a' },
    }),
  )
})

test('a text matches itself when every special character is escaped', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(matchesGlob(parseGlob(text.replaceAll(/[*?[\\]/g, '\\$&')), text)).toBe(true)
    }),
  )
})

test('stars match what a regular expression of the same meaning matches', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '/') })
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '/') })
  fc.assert(
    fc.property(pattern, name, (text, path) => {
      const expression = text.replaceAll('*', '[^/]*').replaceAll('?', '[^/]')
      const want = new RegExp(`^${expression}$`).test(path)
      expect(matchesGlob(parseGlob(text), path)).toBe(want)
    }),
    { numRuns: 2000 },
  )
})

test('many stars cost no more than their number times the length of the name', () => {
  const glob = parseGlob(`${'*a'.repeat(200)}b`)
  expect(matchesGlob(glob, 'a'.repeat(1000))).toBe(false)
})
