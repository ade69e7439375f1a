import { array, assert, constantFrom, property } from 'fast-check'
import { expect, test } from 'vitest'
import { tokenize } from '../../../src/gotmpl/lexer.ts'

function shown(text: string): string[] {
  const { kinds, starts, ends } = tokenize(text, () => false)
  return kinds.map(
    (kind, index) => `${kind} ${JSON.stringify(text.slice(starts[index], ends[index]))}`,
  )
}

test('an action is cut into tokens', () => {
  expect(shown('a {{ $x.y := f .a.b "s" 1|g }}')).toEqual([
    'text "a "',
    'left delimiter "{{"',
    'variable "$x"',
    'field ".y"',
    'declare ":="',
    'identifier "f"',
    'field ".a"',
    'field ".b"',
    'string "\\"s\\""',
    'number "1"',
    'pipe "|"',
    'identifier "g"',
    'right delimiter "}}"',
    'eof ""',
  ])
})

test('trim markers and comments take the text around them', () => {
  expect(shown('a \n{{- . -}}\n b {{- /* c */ -}} d')).toEqual([
    'text "a"',
    'left delimiter "{{"',
    'dot "."',
    'right delimiter "}}"',
    'text "b"',
    'text "d"',
    'eof ""',
  ])
})

test('whatever the text, the lexer ends, and its tokens stand in order', () => {
  const pieces =
    '{{ }} {{- -}} /* */ " \' ` . $ | ( ) := = 1 0x e + - , if end é \\ @ \uDCFF i'.split(' ')
  const piece = constantFrom(...pieces, ' ', '\n')
  assert(
    property(array(piece, { maxLength: 40 }), (parts) => {
      const text = parts.join('')
      const { kinds, starts, ends } = tokenize(text, () => false)
      const last = kinds.at(-1)
      expect(last === 'eof' || last === 'error').toBe(true)
      const bounds = starts.flatMap((start, index) => [start, ends[index] ?? 0])
      expect(bounds).toEqual(bounds.toSorted((a, b) => a - b))
      expect(bounds.at(-1)).toBeLessThanOrEqual(text.length)
    }),
  )
})
