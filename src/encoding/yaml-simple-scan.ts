import { isShortDecimal } from '../base/ascii.ts'
import type { ConstructOptions, YamlValue } from './yaml-construct.ts'
import { integerValue } from './yaml-construct.ts'
import { YamlCursor, isBlankOrEnd } from './yaml-cursor.ts'
import { keyText } from './yaml-keys.ts'
import { mayBeTyped, resolvePlain } from './yaml-resolve.ts'
import { scanBlock, scanQuoted } from './yaml-scan-scalars.ts'

/** Thrown where a text turns out not to be simple YAML. */
export class NotSimple extends Error {
  override readonly name = 'NotSimple'
}

/** Leaves the text to the general reader. */
export function giveUp(): never {
  throw new NotSimple('not simple YAML')
}

/** A place in a simple YAML text, and the scalars that can be read there. */
export class SimpleScanner {
  readonly text: string
  readonly options: ConstructOptions
  at = 0
  lineStart = 0
  private readonly cursor: YamlCursor
  private readonly knownTexts: (string | undefined)[] = []

  /** @param text passes `isSimpleText`, and a NUL follows it */
  constructor(text: string, options: ConstructOptions) {
    this.text = text
    this.options = options
    this.cursor = new YamlCursor(text)
    this.cursor.hasOnlyLineFeeds = true
  }

  get code(): number {
    return this.text.charCodeAt(this.at)
  }

  get column(): number {
    return this.at - this.lineStart
  }

  /** Whether a blank or the end of the line follows the character here. */
  get standsAlone(): boolean {
    return isBlankOrEnd(this.text.charCodeAt(this.at + 1))
  }

  get isAtQuote(): boolean {
    const { code } = this
    return code === DOUBLE_QUOTE || code === SINGLE_QUOTE
  }

  skipSpaces(): void {
    while (this.text.charCodeAt(this.at) === SPACE) this.at++
  }

  /** Passes spaces, a comment and the line feed; nothing else may stand there. */
  endLine(): void {
    this.skipSpaces()
    if (this.code === HASH) this.skipToLineFeed()
    if (this.code === LF) this.lineStart = ++this.at
    else if (this.code !== 0) giveUp()
  }

  /** Passes indentation, empty lines and comments; false at the end of the text. */
  toToken(): boolean {
    for (;;) {
      this.skipSpaces()
      const { code } = this
      if (code === 0) return false
      if (code === HASH) this.skipToLineFeed()
      else if (code !== LF) return true
      if (this.code === LF) this.lineStart = ++this.at
    }
  }

  isAtDocumentIndicator(): boolean {
    const { code } = this
    if (this.column !== 0 || (code !== DASH && code !== DOT)) return false
    this.cursor.at = this.at
    this.cursor.lineStart = this.at
    return this.cursor.atDocumentIndicator()
  }

  /** Reads an unquoted scalar to the end of its line or to the `:` behind a key. */
  readPlainLine(): string {
    const { text } = this
    const start = this.at
    const next = text.charCodeAt(start + 1)
    // Outside of brackets a colon may begin it, as in `:8080`.
    const isColon = text.charCodeAt(start) === COLON && !isBlankOrEnd(next)
    if (!isColon && !mayStartPlain(text.charCodeAt(start), next)) giveUp()
    const end = this.toPlainEnd(start)
    return this.code === COLON ? this.keyText(start, end) : text.slice(start, end)
  }

  /** A key as a string; the same keys come again and again, and then share one string. */
  private keyText(start: number, end: number): string {
    const { text } = this
    const length = end - start
    const ends = text.charCodeAt(start) * 7 + text.charCodeAt(end - 1) * 31
    const slot = (length + ends) % KNOWN_TEXTS
    const known = this.knownTexts[slot]
    if (known?.length === length && text.startsWith(known, start)) return known
    const key = text.slice(start, end)
    this.knownTexts[slot] = key
    return key
  }

  /** Adds the lines that continue an unquoted scalar: those indented more than its parent. */
  readPlainRest(first: string, parentIndent: number): string {
    const { text } = this
    let value = first
    while (this.code === LF) {
      let from = this.at + 1
      let lineStart = from
      let emptyLines = 0
      for (;;) {
        while (text.charCodeAt(from) === SPACE) from++
        if (text.charCodeAt(from) !== LF) break
        lineStart = ++from
        emptyLines++
      }
      const code = text.charCodeAt(from)
      if (code === TAB) giveUp()
      if (code === 0 || code === HASH || from - lineStart <= parentIndent) break
      this.lineStart = lineStart
      const end = this.toPlainEnd(from)
      value += (emptyLines === 0 ? ' ' : '\n'.repeat(emptyLines)) + text.slice(from, end)
    }
    if (this.code === COLON) giveUp()
    return value
  }

  /** Moves to what ends an unquoted scalar on its line; gives where its last word ends. */
  private toPlainEnd(start: number): number {
    const { text } = this
    let at = start
    for (; ; at++) {
      at = skip(PLAIN, text, at)
      const code = text.charCodeAt(at)
      if (code === LF || code === 0) break
      if (code === COLON && isBlankOrEnd(text.charCodeAt(at + 1))) break
      if (code === HASH && isBlank(text.charCodeAt(at - 1))) break
    }
    this.at = at
    while (isBlank(text.charCodeAt(at - 1))) at--
    return at
  }

  /**
   * Reads an ordinary key, and its value if that ends on the line, by one pattern, which does
   * for most lines. Moves to the next line, or to a value that begins with a bracket or is a
   * block scalar; undefined, without a move, for all other lines.
   */
  readPair(): Pair | undefined {
    const { text, column } = this
    if (text.length < WORTH_A_PATTERN) return undefined
    PAIR_LINE.lastIndex = this.at
    const match = PAIR_LINE.exec(text)
    if (match === null) return undefined
    const { lastIndex } = PAIR_LINE
    const isValue = match[2] !== undefined || match[3] !== undefined
    // What is indented more than the key would belong to its value.
    if (isValue && text.charCodeAt(lastIndex + column) === SPACE) return undefined
    const pair = this.pairOf(match)
    if (pair === undefined) return undefined
    this.at = lastIndex
    if (text.charCodeAt(lastIndex - 1) === LF) this.lineStart = lastIndex
    return pair
  }

  /** The pair that a pattern of this file has found. */
  pairOf(match: RegExpExecArray): Pair | undefined {
    const key = this.keyOf(this.shared(match[1] ?? ''))
    const plain = match[2]
    if (plain === undefined) return { key, value: match[3] }
    if (isBlank(plain.charCodeAt(plain.length - 1))) return undefined
    const value = this.valueOf(plain)
    const isShort = typeof value === 'string' && value.length <= SHORT
    return { key, value: isShort ? this.shared(value) : value }
  }

  /** The same text, one string wherever it comes again: the collector then has fewer to move. */
  private shared(text: string): string {
    const { length } = text
    const ends = text.charCodeAt(0) * 7 + text.charCodeAt(length - 1) * 31
    const slot = (length + ends) % KNOWN_TEXTS
    const known = this.knownTexts[slot]
    if (known === text) return known
    this.knownTexts[slot] = text
    return text
  }

  /** Passes what a pattern of anchors or aliases takes here, and gives the name in it. */
  readName(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const match = pattern.exec(this.text)
    this.at = pattern.lastIndex
    return match?.[1] ?? giveUp()
  }

  /** Reads a scalar in quotes. */
  readQuoted(): string {
    const { text } = this
    const quote = this.code
    const start = this.at + 1
    const end = skip(quote === DOUBLE_QUOTE ? IN_DOUBLE : IN_SINGLE, text, start)
    if (text.charCodeAt(end) === quote && text.charCodeAt(end + 1) !== quote) {
      this.at = end + 1
      return text.slice(start, end)
    }
    const cursor = this.cursorHere()
    const value = scanQuoted(cursor)
    this.at = cursor.at
    this.lineStart = cursor.lineStart
    return value
  }

  /** Reads a `|` or `>` scalar and moves to the line behind it. */
  readBlock(parentIndent: number): string {
    const cursor = this.cursorHere()
    const value = scanBlock(cursor, parentIndent)
    this.lineStart = cursor.lineStart
    this.at = cursor.code === 0 ? cursor.at : cursor.lineStart
    return value
  }

  /** The value of an unquoted scalar. */
  valueOf(text: string): YamlValue {
    if (!mayBeTyped(text.charCodeAt(0))) return text
    if (this.options.keepIntegers !== true && isShortDecimal(text)) return Number(text)
    const typed = resolvePlain(text, this.options.dialect)
    if (typeof typed === 'number' && !Number.isFinite(typed)) giveUp()
    return typeof typed === 'bigint' ? integerValue(typed, this.options) : typed
  }

  /** The key that an unquoted scalar is. */
  keyOf(text: string): string {
    if (text === '<<') giveUp()
    if (this.options.dialect === 'core' || !mayBeTyped(text.charCodeAt(0))) return text
    return keyText(resolvePlain(text, 'helm')) ?? giveUp()
  }

  private cursorHere(): YamlCursor {
    const cursor = this.cursor
    cursor.at = this.at
    cursor.lineStart = this.lineStart
    return cursor
  }

  private skipToLineFeed(): void {
    const end = this.text.indexOf('\n', this.at)
    this.at = end < 0 ? this.text.length - 1 : end
  }
}

/** Where what the pattern takes at this place ends: patterns are quicker than loops here. */
export function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  pattern.test(text)
  return pattern.lastIndex
}

/** A key with its value; undefined where that was not read. */
export interface Pair {
  key: string
  value: YamlValue | undefined
}

/** In characters: shorter texts are read before the pattern would be compiled. */
export const WORTH_A_PATTERN = 2000
const PAIR_LINE =
  /([A-Za-z_][\w./-]{0,500}):(?:\n| +(?:(?=[[{|>])|(?:([A-Za-z0-9_/][^\0\n:#]*)|"([^\0\n"\\]*)")\n(?! *[\t\n])))/y
/** A pair in braces, and what follows it. */
export const FLAT_PAIR =
  / *([A-Za-z_][\w./-]{0,500}): +(?:([A-Za-z0-9_/][\w./-]*)|"([^\0\n"\\]*)") *([,}])/y

/** What neither ends an unquoted scalar nor may end it. */
const PLAIN = /[^\0\n:#]*/y
/** What stands for itself in quotes. */
const IN_DOUBLE = /[^\0\n"\\]*/y
const IN_SINGLE = /[^\0\n']*/y

/** Whether an unquoted scalar starts with the first of these characters, as most do. */
export function mayStartPlain(code: number, next: number): boolean {
  if (code >= 128) return true
  if (code === DASH) return !isBlankOrEnd(next)
  return RESERVED.charCodeAt(code) !== STAR
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB
}

/** Texts remembered at a time. */
const KNOWN_TEXTS = 251
/** In characters; longer values seldom come again. */
const SHORT = 12

const TAB = 9
const LF = 10
const SPACE = 32
const DOUBLE_QUOTE = 34
const HASH = 35
const SINGLE_QUOTE = 39
const STAR = 42
const DASH = 45
const DOT = 46
const COLON = 58

/** A star for each ASCII character that starts something else, or something rare. */
const RESERVED =
  '************************************.***..*.*.............*...**' +
  '*..........................*.*..*..........................***.*'
