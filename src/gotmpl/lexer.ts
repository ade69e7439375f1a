/*
 * Cuts a template into tokens, one at a time as the parser asks for them.
 *
 * Positions are offsets into the JavaScript string. Line numbers and byte columns are only
 * worked out when an error is reported (`location.ts`), so reading a template that is right
 * costs no counting.
 *
 * Source: Go's text/template/parse/lex.go.
 */
import { quote } from '../golang/strconv.ts'
import { describeRune, isAlphaNumeric, isPrintableAscii } from './runes.ts'

export type Keyword =
  'block' | 'break' | 'continue' | 'define' | 'else' | 'end' | 'if' | 'range' | 'template' | 'with'

export type TokenKind =
  | Keyword
  | 'error'
  | 'eof'
  | 'text'
  | 'left delimiter'
  | 'right delimiter'
  | 'left paren'
  | 'right paren'
  | 'space'
  | 'pipe'
  | 'assign'
  | 'declare'
  | 'char'
  | 'identifier'
  | 'field'
  | 'variable'
  | 'dot'
  | 'nil'
  | 'bool'
  | 'string'
  | 'raw string'
  | 'char constant'
  | 'number'
  | 'complex'

export interface Token {
  kind: TokenKind
  /** Offset of the token in the template; what the parser's nodes keep. */
  at: number
  /** The token as written; for `error` the message. */
  text: string
}

const KEYWORDS: ReadonlyMap<string, TokenKind> = new Map([
  ['block', 'block'],
  ['break', 'break'],
  ['continue', 'continue'],
  ['define', 'define'],
  ['else', 'else'],
  ['end', 'end'],
  ['if', 'if'],
  ['range', 'range'],
  ['nil', 'nil'],
  ['template', 'template'],
  ['with', 'with'],
])

const LEFT = '{{'
const RIGHT = '}}'
const DECIMAL = /[0-9_]*/y
const HEX = /[0-9a-fA-F_]*/y
const OCTAL = /[0-7_]*/y
const BINARY = /[01_]*/y

/** Reads one template's tokens in order. */
export class Lexer {
  private readonly input: string
  private readonly isFunction: (name: string) => boolean
  private pos = 0
  private start = 0
  private insideAction = false
  private parens = 0
  private failure: Token | undefined

  /** @param isFunction tells whether `break` and `continue` are functions and no keywords */
  constructor(input: string, isFunction: (name: string) => boolean) {
    this.input = input
    this.isFunction = isFunction
  }

  /** The next token; after an `error` the same one for ever. */
  next(): Token {
    if (this.failure !== undefined) return this.failure
    return this.insideAction ? this.insideOfAction() : this.textToken()
  }

  private textToken(): Token {
    for (;;) {
      const { input } = this
      const delimiter = input.indexOf(LEFT, this.pos)
      if (delimiter === -1) return this.lastText()
      const trimmed = hasLeftTrim(input, delimiter + 2)
      const end = trimmed ? trimEnd(input, this.start, delimiter) : delimiter
      const text = end > this.start ? this.token('text', end) : undefined
      this.pos = delimiter
      this.start = delimiter
      if (text !== undefined) return text
      if (!input.startsWith('/*', delimiter + (trimmed ? 4 : 2))) return this.leftDelimiter(trimmed)
      const failure = this.skipComment(delimiter + (trimmed ? 4 : 2))
      if (failure !== undefined) return failure
    }
  }

  private lastText(): Token {
    const { length } = this.input
    if (length > this.start) return this.token('text', length)
    return this.token('eof', length)
  }

  private leftDelimiter(trimmed: boolean): Token {
    const token = this.token('left delimiter', this.start + 2)
    if (trimmed) this.pos += 2
    this.start = this.pos
    this.insideAction = true
    this.parens = 0
    return token
  }

  /** Skips a comment whose opening `/*` stands at `from`; gives a token where it is broken. */
  private skipComment(from: number): Token | undefined {
    this.start = from
    const close = this.input.indexOf('*/', from + 2)
    if (close === -1) return this.fail('unclosed comment')
    const after = close + 2
    const trimmed = isTrimmedRight(this.input, after)
    if (!trimmed && !this.input.startsWith(RIGHT, after)) {
      return this.fail('comment ends before closing delimiter')
    }
    this.pos = after + (trimmed ? 4 : 2)
    if (trimmed) this.pos = skipSpace(this.input, this.pos)
    this.start = this.pos
    return undefined
  }

  private rightDelimiter(): Token {
    const trimmed = isTrimmedRight(this.input, this.pos)
    if (trimmed) this.start = this.pos + 2
    const token = this.token('right delimiter', this.start + 2)
    if (trimmed) this.pos = skipSpace(this.input, this.pos)
    this.start = this.pos
    this.insideAction = false
    return token
  }

  private insideOfAction(): Token {
    const { input, pos } = this
    if (input.startsWith(RIGHT, pos) || isTrimmedRight(input, pos)) {
      return this.parens === 0 ? this.rightDelimiter() : this.fail('unclosed left paren')
    }
    if (pos >= input.length) return this.fail('unclosed action')
    switch (input[pos]) {
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        return this.space()
      case '=':
        return this.token('assign', pos + 1)
      case ':':
        if (input[pos + 1] !== '=') return this.fail('expected :=')
        return this.token('declare', pos + 2)
      case '|':
        return this.token('pipe', pos + 1)
      case '(':
        this.parens++
        return this.token('left paren', pos + 1)
      case ')':
        return this.rightParen()
      default:
        return this.word()
    }
  }

  private rightParen(): Token {
    this.parens--
    if (this.parens < 0) return this.fail('unexpected right paren')
    return this.token('right paren', this.pos + 1)
  }

  private word(): Token {
    const { input, pos } = this
    const unit = input.charCodeAt(pos)
    switch (input[pos]) {
      case '"':
        return this.quoted('"', 'string', 'unterminated quoted string')
      case "'":
        return this.quoted("'", 'char constant', 'unterminated character constant')
      case '`':
        return this.rawString()
      case '$':
        return this.fieldOrVariable('variable')
      case '.':
        // A period with nothing behind it is taken for a number, which then is refused.
        if (pos + 1 < input.length && !isDigit(input.charCodeAt(pos + 1))) {
          return this.fieldOrVariable('field')
        }
        return this.number()
      case '+':
      case '-':
        return this.number()
      default:
        if (isDigit(unit)) return this.number()
        if (isAlphaNumeric(input, pos) > 0) return this.identifier()
        if (isPrintableAscii(unit)) return this.token('char', pos + 1)
        return this.fail(`unrecognized character in action: ${describeRune(input, pos)}`)
    }
  }

  private space(): Token {
    const { input, start } = this
    const end = skipSpace(input, start)
    // The last space may belong to a closing delimiter that trims: ` -}}`.
    if (input[end] === '-' && input.startsWith(RIGHT, end + 1)) {
      this.pos = end - 1
      if (end - start === 1) return this.rightDelimiter()
      return this.token('space', end - 1)
    }
    return this.token('space', end)
  }

  private identifier(): Token {
    const end = this.endOfWord(this.pos)
    if (!this.isTerminator(end)) return this.badCharacter(end)
    const word = this.input.slice(this.start, end)
    const keyword = KEYWORDS.get(word)
    if (keyword !== undefined) {
      const isLoopWord = keyword === 'break' || keyword === 'continue'
      return this.token(isLoopWord && this.isFunction(word) ? 'identifier' : keyword, end)
    }
    return this.token(word === 'true' || word === 'false' ? 'bool' : 'identifier', end)
  }

  private fieldOrVariable(kind: 'field' | 'variable'): Token {
    const first = this.pos + 1
    if (this.isTerminator(first)) return this.token(kind === 'field' ? 'dot' : kind, first)
    const end = this.endOfWord(first)
    if (!this.isTerminator(end)) return this.badCharacter(end)
    return this.token(kind, end)
  }

  private badCharacter(at: number): Token {
    return this.fail(`bad character ${describeRune(this.input, at)}`)
  }

  private endOfWord(from: number): number {
    let at = from
    for (;;) {
      const size = isAlphaNumeric(this.input, at)
      if (size === 0) return at
      at += size
    }
  }

  /** Whether an identifier, field or variable may end here. */
  private isTerminator(at: number): boolean {
    if (at >= this.input.length) return true
    switch (this.input[at]) {
      case ' ':
      case '\t':
      case '\r':
      case '\n':
      case '.':
      case ',':
      case '|':
      case ':':
      case ')':
      case '(':
        return true
      default:
        return this.input.startsWith(RIGHT, at)
    }
  }

  private quoted(mark: string, kind: 'string' | 'char constant', unclosed: string): Token {
    const { input } = this
    for (let at = this.pos + 1; at < input.length; at++) {
      let character = input[at]
      if (character === mark) return this.token(kind, at + 1)
      if (character === '\\') character = input[++at]
      if (character === '\n') break
    }
    return this.fail(unclosed)
  }

  private rawString(): Token {
    const close = this.input.indexOf('`', this.pos + 1)
    if (close === -1) return this.fail('unterminated raw quoted string')
    return this.token('raw string', close + 1)
  }

  private number(): Token {
    let isNumber = this.scanNumber()
    let kind: 'number' | 'complex' = 'number'
    if (isNumber && /[+-]/.test(this.input[this.pos] ?? '')) {
      kind = 'complex'
      isNumber = this.scanNumber() && this.input[this.pos - 1] === 'i'
    }
    if (isNumber) return this.token(kind, this.pos)
    return this.fail(`bad number syntax: ${quote(this.input.slice(this.start, this.pos))}`)
  }

  /** Moves behind what looks like a number; the parser finds out whether it is one. */
  private scanNumber(): boolean {
    this.accept(/[+-]/y)
    let digits = DECIMAL
    if (this.accept(/0/y)) {
      if (this.accept(/[xX]/y)) digits = HEX
      else if (this.accept(/[oO]/y)) digits = OCTAL
      else if (this.accept(/[bB]/y)) digits = BINARY
    }
    this.accept(digits)
    if (this.accept(/\./y)) this.accept(digits)
    if (digits === DECIMAL) this.accept(/[eE][+-]?[0-9_]*/y)
    if (digits === HEX) this.accept(/[pP][+-]?[0-9_]*/y)
    this.accept(/i/y)
    const size = isAlphaNumeric(this.input, this.pos)
    this.pos += size
    return size === 0
  }

  private accept(pattern: RegExp): boolean {
    pattern.lastIndex = this.pos
    if (!pattern.test(this.input)) return false
    this.pos = pattern.lastIndex
    return true
  }

  private token(kind: TokenKind, end: number): Token {
    const token = { kind, at: this.start, text: this.input.slice(this.start, end) }
    this.pos = end
    this.start = end
    return token
  }

  private fail(message: string): Token {
    this.failure = { kind: 'error', at: this.start, text: message }
    return this.failure
  }
}

function hasLeftTrim(input: string, at: number): boolean {
  return input[at] === '-' && isSpace(input.charCodeAt(at + 1))
}

/** Whether a closing delimiter that trims, ` -}}`, stands at the offset. */
function isTrimmedRight(input: string, at: number): boolean {
  return isSpace(input.charCodeAt(at)) && input.startsWith('-}}', at + 1)
}

function skipSpace(input: string, from: number): number {
  let at = from
  while (isSpace(input.charCodeAt(at))) at++
  return at
}

function trimEnd(input: string, start: number, end: number): number {
  let at = end
  while (at > start && isSpace(input.charCodeAt(at - 1))) at--
  return at
}

/** Only the spaces that Go's templates know: space, tab, carriage return, newline. */
function isSpace(unit: number): boolean {
  return unit === 32 || unit === 10 || unit === 9 || unit === 13
}

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57
}
