/*
 * Cuts a template into tokens, an action at a time. Tokens are kept as columns and not as
 * objects, which saves more than half of the time.
 *
 * Spaces between tokens are no tokens; where they matter, one token's end is compared with
 * the next one's start. Positions are offsets into the JavaScript string.
 *
 * Source: Go's text/template/parse/lex.go.
 */
import { endOfDigits, isDigit, isPrintableAscii } from '../base/ascii.ts'
import { quote } from '../golang/strconv.ts'
import { describeRune, isAlphaNumeric } from './runes.ts'

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

const KEYWORDS: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>([
  ['block', 'block'],
  ['break', 'break'],
  ['continue', 'continue'],
  ['define', 'define'],
  ['else', 'else'],
  ['end', 'end'],
  ['false', 'bool'],
  ['if', 'if'],
  ['nil', 'nil'],
  ['range', 'range'],
  ['template', 'template'],
  ['true', 'bool'],
  ['with', 'with'],
])

const LEFT = '{{'
const RIGHT = '}}'
const ASCII_WORD = /\w*/y
const ASCII_FIELDS = /(?:\.[A-Za-z_]\w*)+/y
const DOT = 46
/** Matches everywhere, if only the empty text. */
const NUMBER =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y

/**
 * Goes through a template. `advance` moves on to the next action, and over the text before it;
 * an action is only cut into tokens by `cut`, so that one that is known already can be skipped.
 */
export class Lexer {
  /** Kinds of the tokens of the action at hand; `count` of them are in use. */
  readonly kinds: TokenKind[] = []
  /** Offsets of the tokens' first characters. */
  readonly starts: number[] = []
  /** Offsets behind the tokens' last characters. */
  readonly ends: number[] = []
  count = 0
  /** What is wrong where the last token is an `error`. */
  problem = ''
  /** Offset behind the left delimiter and trim marker of the action at hand. */
  inside = 0
  /** Offset of the first character of the text before the action at hand. */
  textStart = 0
  /** Offset behind that text, which may be empty. */
  textEnd = 0
  private readonly input: string
  private readonly isFunction: (name: string) => boolean
  private pos = 0
  private parens = 0

  /** @param isFunction tells whether `break` and `continue` are functions and no keywords */
  constructor(input: string, isFunction: (name: string) => boolean) {
    this.input = input
    this.isFunction = isFunction
  }

  /**
   * Moves on to the next action, of which there then is the first token; where a comment comes
   * next, to that, and the text before it is the only token.
   */
  advance(): void {
    const { input } = this
    this.count = 0
    for (;;) {
      const { pos } = this
      const delimiter = input.indexOf(LEFT, pos)
      if (delimiter === -1) return this.end(pos)
      const trims =
        input.charCodeAt(delimiter + 2) === 45 && isSpace(input.charCodeAt(delimiter + 3))
      const inside = trims ? delimiter + 4 : delimiter + 2
      this.textStart = pos
      this.textEnd = trims ? trimEnd(input, pos, delimiter) : delimiter
      if (!input.startsWith('/*', inside)) {
        this.inside = inside
        this.add('left delimiter', delimiter, delimiter + 2)
        return
      }
      if (this.textEnd > pos) {
        this.add('text', pos, this.textEnd)
        this.pos = delimiter
        return
      }
      if (!this.comment(inside)) return
    }
  }

  /** Cuts the rest of the action at hand into tokens; what cannot be a token is an `error`. */
  cut(): void {
    this.action(this.inside)
  }

  /** Cuts the rest of an action into tokens, from the beginning of one of them. */
  cutFrom(start: number): void {
    this.count = 0
    this.action(start)
  }

  /** Moves behind the action at hand, whose right delimiter begins at `close`. */
  skip(close: number): void {
    const { input } = this
    this.count = 0
    this.add('right delimiter', close, close + 2)
    const trims = input[close - 1] === '-' && isSpace(input.charCodeAt(close - 2))
    if (trims) this.pos = skipSpace(input, close + 2)
  }

  private end(pos: number): void {
    const { length } = this.input
    this.textStart = pos
    this.textEnd = length
    this.add('eof', length, length)
  }

  private comment(start: number): boolean {
    const { input } = this
    const close = input.indexOf('*/', start + 2)
    if (close === -1) return this.fail('unclosed comment', start)
    const end = close + 2
    if (this.isTrimmedRight(end)) this.pos = skipSpace(input, end + 4)
    else if (input.startsWith(RIGHT, end)) this.pos = end + 2
    else return this.fail('comment ends before closing delimiter', start)
    return true
  }

  private action(start: number): boolean {
    const { input } = this
    this.parens = 0
    let at = start
    for (;;) {
      const unit = input.charCodeAt(at)
      if (unit === 125 && input.charCodeAt(at + 1) === 125) return this.close(at, at + 2)
      if (isSpace(unit)) {
        if (this.isTrimmedRight(at)) return this.close(at, at + 4)
        at++
        continue
      }
      this.pos = at
      if (!this.token(unit)) return false
      at = this.pos
    }
  }

  /** Ends the action by the delimiter that ends at `end`, with its trim marker if it has one. */
  private close(at: number, end: number): boolean {
    if (this.parens > 0) return this.fail('unclosed left paren', at)
    this.add('right delimiter', end - 2, end)
    if (end - at === 4) this.pos = skipSpace(this.input, end)
    return true
  }

  private isTrimmedRight(at: number): boolean {
    const { input } = this
    return isSpace(input.charCodeAt(at)) && input.startsWith('-}}', at + 1)
  }

  /** Reads the token that begins with the character `unit`; says whether there is one. */
  private token(unit: number): boolean {
    const { pos } = this
    switch (unit) {
      case 46: // .
        return this.period()
      case 36: // $
        return this.fieldOrVariable('variable')
      case 34: // "
        return this.quoted(34, 'string', 'unterminated quoted string')
      case 124: // |
        return this.add('pipe', pos, pos + 1)
      case 40: // (
        this.parens++
        return this.add('left paren', pos, pos + 1)
      case 41: // )
        if (--this.parens < 0) return this.fail('unexpected right paren', pos)
        return this.add('right paren', pos, pos + 1)
      case 61: // =
        return this.add('assign', pos, pos + 1)
      case 58: // :
        if (this.input[pos + 1] !== '=') return this.fail('expected :=', pos)
        return this.add('declare', pos, pos + 2)
      default:
        return this.wordOrNumber(unit)
    }
  }

  private wordOrNumber(unit: number): boolean {
    const { input, pos } = this
    if (pos >= input.length) return this.fail('unclosed action', pos)
    if (isDigit(unit) || unit === 43 || unit === 45) return this.number()
    if (isAlphaNumeric(input, pos) > 0) return this.identifier()
    if (unit === 39) return this.quoted(39, 'char constant', 'unterminated character constant')
    if (unit === 96) return this.rawString()
    if (isPrintableAscii(unit)) return this.add('char', pos, pos + 1)
    return this.fail(`unrecognized character in action: ${describeRune(input, pos)}`, pos)
  }

  /** A field, a dot, or a number that begins with its point. */
  private period(): boolean {
    const { input, pos } = this
    // A period with nothing behind it is taken for a number, which then is refused.
    const isNumber = pos + 1 >= input.length || isDigit(input.charCodeAt(pos + 1))
    return isNumber ? this.number() : this.fields()
  }

  /** A chain of fields as one token; what is not plain in it is read field by field. */
  private fields(): boolean {
    const { input, pos } = this
    ASCII_FIELDS.lastIndex = pos
    return ASCII_FIELDS.test(input) && this.isTerminator(ASCII_FIELDS.lastIndex)
      ? this.add('field', pos, ASCII_FIELDS.lastIndex)
      : this.fieldOrVariable('field')
  }

  private identifier(): boolean {
    const { pos } = this
    const end = this.endOfWord(pos)
    if (!this.isTerminator(end)) return this.badCharacter(end)
    const word = this.input.slice(pos, end)
    const keyword = KEYWORDS.get(word)
    const isLoopWord = keyword === 'break' || keyword === 'continue'
    if (keyword === undefined || (isLoopWord && this.isFunction(word))) {
      return this.add('identifier', pos, end)
    }
    return this.add(keyword, pos, end)
  }

  private fieldOrVariable(kind: 'field' | 'variable'): boolean {
    const { pos } = this
    const end = this.endOfWord(pos + 1)
    if (!this.isTerminator(end)) return this.badCharacter(end)
    return this.add(end === pos + 1 && kind === 'field' ? 'dot' : kind, pos, end)
  }

  private badCharacter(at: number): boolean {
    return this.fail(`bad character ${describeRune(this.input, at)}`, this.pos)
  }

  private endOfWord(from: number): number {
    const { input } = this
    ASCII_WORD.lastIndex = from
    ASCII_WORD.test(input)
    let at = ASCII_WORD.lastIndex
    while (input.charCodeAt(at) > 0x7f) {
      const size = isAlphaNumeric(input, at)
      if (size === 0) break
      at = this.endOfWord(at + size)
    }
    return at
  }

  /** Whether an identifier, field or variable may end here. */
  private isTerminator(at: number): boolean {
    switch (this.input.charCodeAt(at)) {
      case 32: // space
      case 46: // .
      case 41: // )
      case 40: // (
      case 124: // |
      case 10: // newline
      case 9: // tab
      case 13: // carriage return
      case 44: // ,
      case 58: // :
        return true
      default:
        return at >= this.input.length || this.input.startsWith(RIGHT, at)
    }
  }

  private quoted(mark: number, kind: 'string' | 'char constant', unclosed: string): boolean {
    const { input, pos } = this
    for (let at = pos + 1; at < input.length; at++) {
      let unit = input.charCodeAt(at)
      if (unit === mark) return this.add(kind, pos, at + 1)
      if (unit === 92) unit = input.charCodeAt(++at)
      if (unit === 10) break
    }
    return this.fail(unclosed, pos)
  }

  private rawString(): boolean {
    const close = this.input.indexOf('`', this.pos + 1)
    if (close === -1) return this.fail('unterminated raw quoted string', this.pos)
    return this.add('raw string', this.pos, close + 1)
  }

  private number(): boolean {
    const start = this.pos
    let isNumber = this.scanNumber()
    let kind: 'number' | 'complex' = 'number'
    const sign = this.input[this.pos]
    if (isNumber && (sign === '+' || sign === '-')) {
      kind = 'complex'
      isNumber = this.scanNumber() && this.input[this.pos - 1] === 'i'
    }
    if (isNumber) return this.add(kind, start, this.pos)
    return this.fail(`bad number syntax: ${quote(this.input.slice(start, this.pos))}`, start)
  }

  /** Moves behind what looks like a number; the parser finds out whether it is one. */
  private scanNumber(): boolean {
    const end = endOfDigits(this.input, this.pos)
    const isPlain = end > this.pos && this.input.charCodeAt(end) !== DOT
    if (isPlain && isAlphaNumeric(this.input, end) === 0) {
      this.pos = end
      return true
    }
    NUMBER.lastIndex = this.pos
    NUMBER.test(this.input)
    this.pos = NUMBER.lastIndex
    const size = isAlphaNumeric(this.input, this.pos)
    this.pos += size
    return size === 0
  }

  private add(kind: TokenKind, start: number, end: number): true {
    const { count } = this
    this.kinds[count] = kind
    this.starts[count] = start
    this.ends[count] = end
    this.count = count + 1
    this.pos = end
    return true
  }

  private fail(problem: string, start: number): false {
    this.add('error', start, start)
    this.problem = problem
    return false
  }
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

/** Only the spaces that Go's templates know: space, newline, tab, carriage return. */
function isSpace(unit: number): boolean {
  return unit === 32 || unit === 10 || unit === 9 || unit === 13
}
