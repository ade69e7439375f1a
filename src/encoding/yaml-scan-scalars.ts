import { isDigit } from '../base/ascii.ts'
import type { Mark, YamlCursor } from './yaml-cursor.ts'
import { hexValue, isBlank, isBlankOrEnd, isBreak, isBreakOrEnd } from './yaml-cursor.ts'

/*
 * The three forms of scalars that may span lines. Each function reads from the cursor,
 * leaves it behind what it read, and gives the text that the scalar stands for.
 *
 * Source: scannerc.go of go.yaml.in/yaml/v2, which follows libyaml's YAML 1.1.
 */

/**
 * Reads an unquoted scalar together with the blanks and line breaks behind it.
 *
 * @param indent least column of a line that continues the scalar
 * @param inFlow whether it stands inside brackets, where indentation has no meaning
 */
export function scanPlain(cursor: YamlCursor, indent: number, inFlow: boolean): string {
  const { text } = cursor
  const start = cursor.mark()
  const gap = new Gap()
  let value = ''
  while (!cursor.atDocumentIndicator() && cursor.code !== HASH) {
    const from = cursor.at
    skipPlainWord(cursor, inFlow)
    if (cursor.at > from) value += gap.join() + text.slice(from, cursor.at)
    if (!isBlank(cursor.code) && !isBreak(cursor.code)) break
    while (isBlank(cursor.code) || isBreak(cursor.code)) {
      if (cursor.code === TAB && gap.hasBreak && cursor.column < indent) {
        cursor.fail('found a tab character that violates indentation', start)
      }
      gap.read(cursor)
    }
    if (!inFlow && cursor.column < indent) break
  }
  cursor.brokeLine = gap.hasBreak
  return value
}

function skipPlainWord(cursor: YamlCursor, inFlow: boolean): void {
  for (let code = cursor.code; !isBlankOrEnd(code); code = cursor.code) {
    if (code === COLON && isBlankOrEnd(cursor.peek(1))) return
    if (inFlow && isFlowIndicator(code)) return
    cursor.at++
  }
}

/** `,`, `?`, `[`, `]`, `{` or `}`. */
function isFlowIndicator(code: number): boolean {
  if (code < 91) return code === 44 || code === 63
  return code === 91 || code === 93 || code === 123 || code === 125
}

/** Reads a scalar in quotes; the cursor stands on the opening one. */
export function scanQuoted(cursor: YamlCursor): string {
  const start = cursor.mark()
  const quote = cursor.code
  const gap = new Gap()
  let value = ''
  cursor.at++
  for (;;) {
    if (cursor.atDocumentIndicator()) cursor.fail('found unexpected document indicator', start)
    if (cursor.code === 0) cursor.fail('found unexpected end of stream', start)
    value += scanQuotedWords(cursor, quote)
    if (cursor.code === quote) break
    if (cursor.code === BACKSLASH) skipEscapedBreak(cursor, gap)
    while (isBlank(cursor.code) || isBreak(cursor.code)) gap.read(cursor)
    value += gap.join()
  }
  cursor.at++
  return value
}

/** Reads to a blank, the closing quote, or a backslash that joins two lines. */
function scanQuotedWords(cursor: YamlCursor, quote: number): string {
  const { text } = cursor
  let value = ''
  let from = cursor.at
  for (let code = cursor.code; !isBlankOrEnd(code); code = cursor.code) {
    if (code === quote) {
      if (quote === DOUBLE || cursor.peek(1) !== SINGLE) break
      value += text.slice(from, cursor.at + 1)
      cursor.at += 2
      from = cursor.at
    } else if (code === BACKSLASH && quote === DOUBLE) {
      if (isBreak(cursor.peek(1))) break
      value += text.slice(from, cursor.at)
      value += scanEscape(cursor)
      from = cursor.at
    } else skipOrdinary(cursor, quote === DOUBLE ? IN_DOUBLE : IN_SINGLE)
  }
  return from === cursor.at ? value : value + text.slice(from, cursor.at)
}

const IN_DOUBLE = /[^"\\\0\t\n\r\u0085\u2028\u2029]*/y
const IN_SINGLE = /[^'\0\t\n\r\u0085\u2028\u2029]*/y

/** Passes what stands for itself; spaces before a tab or a line break may not. */
function skipOrdinary(cursor: YamlCursor, pattern: RegExp): void {
  pattern.lastIndex = cursor.at
  pattern.test(cursor.text)
  cursor.at = pattern.lastIndex
  if (!isBlankOrEnd(cursor.code)) return
  while (cursor.peek(-1) === SPACE) cursor.at--
}

function skipEscapedBreak(cursor: YamlCursor, gap: Gap): void {
  cursor.at++
  cursor.readBreak()
  gap.hasBreak = true
}

function scanEscape(cursor: YamlCursor): string {
  const kind = cursor.text.charAt(cursor.at + 1)
  const plain = ESCAPES[kind]
  if (plain !== undefined) {
    cursor.at += 2
    return plain
  }
  const digits = CODE_LENGTHS[kind]
  if (digits === undefined) cursor.fail('found unknown escape character')
  cursor.at += 2
  let point = 0
  for (let index = 0; index < digits; index++) {
    const digit = hexValue(cursor.peek(index))
    if (digit < 0) cursor.fail('did not find expected hexdecimal number')
    point = point * 16 + digit
  }
  if ((point >= 0xd800 && point <= 0xdfff) || point > 0x10ffff) {
    cursor.fail('found invalid Unicode character escape code')
  }
  cursor.at += digits
  return String.fromCodePoint(point)
}

/**
 * Reads a `|` or `>` scalar with the lines behind it.
 *
 * @param parentIndent column of the collection around it; -1 at the top
 */
export function scanBlock(cursor: YamlCursor, parentIndent: number): string {
  const start = cursor.mark()
  const isFolded = cursor.code === GREATER
  cursor.at++
  const header = scanBlockHeader(cursor, start)
  let indent = 0
  if (header.increment > 0) indent = Math.max(parentIndent, 0) + header.increment

  const breaks = new BlockBreaks(start, indent, parentIndent)
  breaks.read(cursor)
  let value = ''
  let lineBreak = ''
  let wasIndented = false
  while (cursor.column === breaks.indent && cursor.code !== 0) {
    const isIndented = isBlank(cursor.code)
    if (isFolded && !wasIndented && !isIndented && lineBreak === '\n') {
      if (breaks.text === '') value += ' '
    } else value += lineBreak
    value += breaks.text
    wasIndented = isIndented
    const from = cursor.at
    cursor.skipToBreak()
    value += cursor.text.slice(from, cursor.at)
    lineBreak = cursor.code === 0 ? '' : cursor.readBreak()
    breaks.read(cursor)
  }
  if (header.chomping === DASH) return value
  return header.chomping === PLUS ? value + lineBreak + breaks.text : value + lineBreak
}

interface BlockHeader {
  /** Code of `+`, of `-`, or 0. */
  readonly chomping: number
  /** The digit that tells the indentation; 0 when there is none. */
  readonly increment: number
}

function scanBlockHeader(cursor: YamlCursor, start: Mark): BlockHeader {
  let chomping = scanChomping(cursor)
  let increment = 0
  if (isDigit(cursor.code)) {
    increment = cursor.code - 48
    if (increment === 0) cursor.fail('found an indentation indicator equal to 0', start)
    cursor.at++
    if (chomping === 0) chomping = scanChomping(cursor)
  }
  cursor.skipBlanks()
  cursor.skipComment()
  if (!isBreakOrEnd(cursor.code)) {
    cursor.fail('did not find expected comment or line break', start)
  }
  if (cursor.code !== 0) cursor.readBreak()
  return { chomping, increment }
}

function scanChomping(cursor: YamlCursor): number {
  const { code } = cursor
  if (code !== PLUS && code !== DASH) return 0
  cursor.at++
  return code
}

/** The empty lines of a block scalar; the first time also its indentation. */
class BlockBreaks {
  /** The line breaks read last. */
  text = ''
  /** Column of the content; 0 until it is known. */
  indent: number
  readonly #parentIndent: number
  readonly #start: Mark

  constructor(start: Mark, indent: number, parentIndent: number) {
    this.#start = start
    this.indent = indent
    this.#parentIndent = parentIndent
  }

  read(cursor: YamlCursor): void {
    const indent = this.indent === 0 ? Infinity : this.indent
    let widest = 0
    this.text = ''
    for (;;) {
      while (cursor.column < indent && cursor.code === SPACE) cursor.at++
      widest = Math.max(widest, cursor.column)
      if (cursor.column < indent && cursor.code === TAB) {
        const problem = 'found a tab character where an indentation space is expected'
        cursor.fail(problem, this.#start)
      }
      if (!isBreak(cursor.code)) break
      this.text += cursor.readBreak()
    }
    if (this.indent === 0) this.indent = Math.max(widest, this.#parentIndent + 1, 1)
  }
}

/** The blanks and line breaks between two words of a scalar that may span lines. */
class Gap {
  hasBreak = false
  #blanks = ''
  #first = ''
  #others = ''

  read(cursor: YamlCursor): void {
    if (isBlank(cursor.code)) {
      if (!this.hasBreak) this.#blanks += cursor.text.charAt(cursor.at)
      cursor.at++
    } else if (this.hasBreak) this.#others += cursor.readBreak()
    else {
      this.#blanks = ''
      this.#first = cursor.readBreak()
      this.hasBreak = true
    }
  }

  /** What the gap is in the scalar: a single line break is a space. Empties the gap. */
  join(): string {
    const joined = this.#joined()
    this.hasBreak = false
    this.#blanks = ''
    this.#first = ''
    this.#others = ''
    return joined
  }

  #joined(): string {
    if (!this.hasBreak) return this.#blanks
    if (this.#first !== '\n') return this.#first + this.#others
    return this.#others === '' ? ' ' : this.#others
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
}
const CODE_LENGTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

const TAB = 9
const SPACE = 32
const DOUBLE = 34
const HASH = 35
const SINGLE = 39
const PLUS = 43
const DASH = 45
const COLON = 58
const GREATER = 62
const BACKSLASH = 92
