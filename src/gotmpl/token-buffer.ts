import { quote } from '../golang/strconv.ts'
import type { Lexer, Token, TokenKind } from './lexer.ts'

/** Tokens with up to three of look-ahead, as Go's parser has them. */
export class TokenBuffer {
  /** The token that the lexer gave last; syntax errors name its line. */
  latest: Token = { kind: 'eof', at: 0, text: '' }
  private readonly lexer: Lexer
  private second: Token = this.latest
  private third: Token = this.latest
  /** How many of `latest`, `second` and `third` are yet to be read; the last is read first. */
  private pending = 0

  constructor(lexer: Lexer) {
    this.lexer = lexer
  }

  next(): Token {
    if (this.pending === 0) return (this.latest = this.lexer.next())
    this.pending--
    return this.read()
  }

  /** Un-reads the token read last. */
  back(): void {
    this.pending++
  }

  /** Un-reads a token and the one read after it. */
  backTwo(first: Token): void {
    this.second = first
    this.pending = 2
  }

  /** Un-reads two tokens and the one read after them. */
  backThree(first: Token, second: Token): void {
    this.second = second
    this.third = first
    this.pending = 3
  }

  peek(): Token {
    const token = this.next()
    this.back()
    return token
  }

  nextNonSpace(): Token {
    let token = this.next()
    while (token.kind === 'space') token = this.next()
    return token
  }

  peekNonSpace(): Token {
    const token = this.nextNonSpace()
    this.back()
    return token
  }

  private read(): Token {
    if (this.pending === 0) return this.latest
    return this.pending === 1 ? this.second : this.third
  }
}

const KEYWORDS: ReadonlySet<TokenKind> = new Set([
  'block',
  'break',
  'continue',
  'dot',
  'define',
  'else',
  'end',
  'if',
  'nil',
  'range',
  'template',
  'with',
])

/** The token as syntax errors quote it. */
export function describeToken(token: Token): string {
  if (token.kind === 'eof') return 'EOF'
  if (KEYWORDS.has(token.kind)) return `<${token.text}>`
  if (Buffer.byteLength(token.text) <= 10) return quote(token.text)
  return `${quote(Array.from(token.text).slice(0, 10).join(''))}...`
}
