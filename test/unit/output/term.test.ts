import fc from 'fast-check'
import { expect, test } from 'vitest'
import { viewTable } from '../../../src/output/table.ts'
import { term } from '../../../src/output/term.ts'
import { wrap } from '../../../src/output/wrap.ts'

test.each([
  { text: 'plain text\twith a tab\nand a line', shown: 'plain text\twith a tab\nand a line' },
  { text: 'a\u001b[31mred', shown: 'a\\x1b[31mred' },
  { text: 'a\u009b31mred', shown: 'a\\x9b31mred' },
  { text: 'right\u202eleft', shown: 'right\\u202eleft' },
  { text: 'zero\u200bwidth\ufeff', shown: 'zero\\u200bwidth\\ufeff' },
  { text: 'over\rwritten', shown: 'over\\x0dwritten' },
  { text: 'line\r\nline', shown: 'line\r\nline' },
  { text: 'größer 版本 📦', shown: 'größer 版本 📦' },
])('$shown is shown', ({ text, shown }) => {
  expect(term(text)).toBe(shown)
})

test('nothing that a terminal obeys is left, and what is safe stays', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = term(text)
      expect(shown).not.toMatch(
        /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e]/,
      )
      expect(term(shown)).toBe(shown)
    }),
  )
})

test('columns of wide, combining and hostile cells stay under each other', () => {
  const rows = [
    ['NAME', 'X'],
    ['版本', '1'],
    ['e\u0301', '2'],
    ['\u001b[2J', '3'],
  ]
  expect(viewTable(rows)).toBe('NAME   \tX\n版本   \t1\ne\u0301      \t2\n\\x1b[2J\t3')
})

test('text is broken between words, and a word too long has a line of its own', () => {
  expect(wrap('one two threeandmore four', 8)).toEqual(['one two', 'threeandmore', 'four'])
})
