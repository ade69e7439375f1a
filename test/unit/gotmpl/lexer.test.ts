import { array, assert, constantFrom, property } from 'fast-check'
import { expect, test } from 'vitest'
import { Lexer, type Token } from '../../../src/gotmpl/lexer.ts'

function tokensOf(text: string): Token[] {
  const lexer = new Lexer(text, () => false)
  const tokens: Token[] = []
  for (;;) {
    const token = lexer.next()
    tokens.push(token)
    if (token.kind === 'eof' || token.kind === 'error') return tokens
  }
}

function shown(text: string): string[] {
  return tokensOf(text).map(({ kind, text: value }) => `${kind} ${JSON.stringify(value)}`)
}

test('an action is cut into tokens with the spaces between them', () => {
  expect(shown('a {{ $x.y := f .a.b "s" 1|g }}')).toEqual([
    'text "a "',
    'left delimiter "{{"',
    'space " "',
    'variable "$x"',
    'field ".y"',
    'space " "',
    'declare ":="',
    'space " "',
    'identifier "f"',
    'space " "',
    'field ".a"',
    'field ".b"',
    'space " "',
    'string "\\"s\\""',
    'space " "',
    'number "1"',
    'pipe "|"',
    'identifier "g"',
    'space " "',
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
      let end = 0
      for (const { kind, at, text: value } of tokensOf(text)) {
        if (kind === 'error') continue
        expect(at).toBeGreaterThanOrEqual(end)
        expect(text.slice(at, at + value.length)).toBe(value)
        end = at + value.length
      }
    }),
  )
})
