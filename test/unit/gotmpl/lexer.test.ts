import { array, assert, constantFrom, property } from 'fast-check'
import { expect, test } from 'vitest'
import { Lexer, type TokenKind } from '../../../src/gotmpl/lexer.ts'

/** All tokens of a text, as the parser meets them. */
function tokenize(text: string) {
  const lexer = new Lexer(text, () => false)
  const tokens: { kind: TokenKind; start: number; end: number }[] = []
  for (;;) {
    lexer.advance()
    const { textStart: start, textEnd: end } = lexer
    if (end > start && lexer.kinds[0] !== 'text') tokens.push({ kind: 'text', start, end })
    if (lexer.kinds[0] === 'left delimiter') lexer.cut()
    for (let index = 0; index < lexer.count; index++) {
      const { kinds, starts, ends } = lexer
      tokens.push({ kind: kinds[index] ?? 'eof', start: starts[index] ?? 0, end: ends[index] ?? 0 })
    }
    const last = tokens.at(-1)?.kind
    if (last === 'eof' || last === 'error') return tokens
  }
}

function shown(text: string): string[] {
  return tokenize(text).map(
    ({ kind, start, end }) => `${kind} ${JSON.stringify(text.slice(start, end))}`,
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
    'field ".a.b"',
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
      const bounds = tokenize(text).flatMap(({ start, end }) => [start, end])
      expect(bounds).toEqual(bounds.toSorted((a, b) => a - b))
      expect(bounds.at(-1)).toBeLessThanOrEqual(text.length)
    }),
  )
})
