/*
 * Where the keys and values end that `scan-head.ts` knows. A place of -1 is no error: what
 * stands there is left to the decoder.
 */

import { endOfDigits, endOfSpaces, isDigit, isLetter } from '../base/ascii.ts'
import { flowEnd } from './scan-flow.ts'

/** Whether a value is a plain scalar, which goes on where the next line is indented more. */
export function isOpenPlain(text: string, at: number, end: number): boolean {
  const code = text.charCodeAt(at)
  const isPlain = !isQuote(code) && code !== OPEN_BRACKET && code !== OPEN_BRACE
  return isPlain && !text.startsWith('#', endOfSpaces(text, end))
}

/** Where a scalar or a flat list ends behind which its line is empty; −1 for others. */
export function valueEnd(text: string, at: number): number {
  const code = text.charCodeAt(at)
  let end = -1
  if (isQuote(code)) end = quotedEnd(text, at, true)
  else if (code === OPEN_BRACKET || code === OPEN_BRACE) end = flowEnd(text, at)
  else end = plainEnd(text, at)
  if (end < 0) return -1
  const after = endOfSpaces(text, end)
  const next = text.charCodeAt(after)
  const isOver = after >= text.length || next === LF || (next === HASH && after > end)
  return isOver ? end : -1
}

/** Where a quoted text ends, which may go on in further lines only where that is allowed. */
function quotedEnd(text: string, at: number, mayGoOn: boolean): number {
  const quote = text.charCodeAt(at)
  const isDouble = quote === DOUBLE_QUOTE
  let end = at + 1
  for (;;) {
    end = skip(isDouble ? IN_DOUBLE : IN_SINGLE, text, end)
    const code = text.charCodeAt(end++)
    if (code === quote) {
      if (isDouble || text.charCodeAt(end) !== quote) return end
      end++
    } else if (code === LF) {
      if (!mayGoOn || text.startsWith('---', end) || text.startsWith('...', end)) return -1
    } else if (code !== BACKSLASH) return -1
    else if (text.charCodeAt(end) !== LF) {
      const after = skip(ESCAPE, text, end)
      if (after === end) return -1
      end = after
    }
  }
}

const IN_DOUBLE = /[^"\\\n]*/y
const IN_SINGLE = /[^'\n]*/y
/** What may stand behind a backslash; halves of a character are none. */
const ESCAPE =
  /(?:[0abtnvfre "'\\N_LP]|x[\da-fA-F]{2}|u(?![dD][89a-fA-F])[\da-fA-F]{4}|U(?:0000(?![dD][89a-fA-F])|000[1-9a-fA-F]|0010)[\da-fA-F]{4})?/y

/** Whether a quoted text has quotes or backslashes in it. */
export function isEscaped(quoted: string): boolean {
  return quoted.includes('\\') || quoted.includes("''", 1)
}

const QUOTED = String.raw`"[^"\\\n]*"|'[^'\n]*'`
/** A key that is no null, which cannot be a key. */
const KEY = String.raw`(?![Nn][Uu][Ll][Ll]:)[A-Za-z_][\w./-]{0,400}:`

/**
 * Where the lines end, from the line at this place on, that each have a key and a short value
 * in the same column; of very many some are left. None of them goes on in the next line, which
 * for that would have to be indented more or stand behind an empty line.
 */
export function endOfPairs(text: string, at: number): number {
  return skip(PAIRS, text, at)
}

/** A line of a key, and of a short value if it has one. */
export interface PairLine {
  /** Where the key begins on its line. */
  column: number
  /** Where the next line begins. */
  end: number
  hasValue: boolean
}

/** The line at this place if it is such a one and its value does not go on in the next line. */
export function pairLine(text: string, at: number): PairLine | undefined {
  PAIR_LINE.lastIndex = at
  const match = PAIR_LINE.exec(text)
  if (match === null) return undefined
  const column = match[1]?.length ?? 0
  const end = at + match[0].length
  const hasValue = match[2] !== undefined
  if (hasValue && text.charCodeAt(end + column) === SPACE) return undefined
  return { column, end, hasValue }
}

/** Text without quotes, by pieces, of which V8's stack for patterns does not hold many. */
const PLAIN = String.raw`[A-Za-z_/][^\n:#]*(?:(?::(?![ \n])|(?<! )#)[^\n:#]*){0,50}`
const SHORT_VALUE = String.raw`(?:${PLAIN}|(?:${QUOTED}|-?\d{1,25}|\{\}|\[\]) *)`
const LINE = String.raw`${KEY} +${SHORT_VALUE}\n(?!\1 | *\n)`
const PAIR_LINE = new RegExp(String.raw`( *)${KEY}(?:\n| +(${SHORT_VALUE})\n(?! *\n))`, 'y')
/** The column is looked for ahead, so that a line stands once in the pattern: V8 compiles it each run. */
const PAIRS = new RegExp(String.raw`(?=( *))(?:\1${LINE}){0,200}`, 'y')

function plainEnd(text: string, at: number): number {
  if (!mayStart(text, at)) return -1
  const stop = skip(PLAIN_TEXT, text, at)
  if (text.charCodeAt(stop) === COLON) return -1
  let end = stop
  while (text.charCodeAt(end - 1) === SPACE) end--
  return isPlainNumberSafe(text, at, end) ? end : -1
}

/** Up to a colon, a comment or the end of the line. */
const PLAIN_TEXT = /(?:[^\n:#]|:(?![ \n]|$)|(?<! )#)*/y

/** A plain scalar may begin with a letter or digit, or what never means anything else. */
function mayStart(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (isWord(code) || code >= 0xa0) return true
  if (code === DASH) return /[-A-Za-z\d]/.test(text.charAt(at + 1))
  if (code === DOT) return LEADING_DOT.test(text.slice(at, at + 2))
  if (code === COLON) return isLetter(text.charCodeAt(at + 1)) || isDigit(text.charCodeAt(at + 1))
  return code === SLASH || code === DOLLAR || code === OPEN_PAREN || code === CARET
}

/** Of a dot that begins no infinity, no NaN and no number. */
const LEADING_DOT = /^\.[a-hj-mo-z*+/]/i

/** JSON has no infinity: whether a number is too large is for the decoder to say. */
function isPlainNumberSafe(text: string, at: number, end: number): boolean {
  if (!isDigit(text.charCodeAt(at)) && text.charCodeAt(at) !== DASH) return true
  if (end - at <= LONGEST_NUMBER && endOfDigits(text, at) === end) return true
  const [number, exponent] = NUMBER.exec(text.slice(at, end)) ?? []
  return number === undefined || (exponent === undefined && number.length <= LONGEST_NUMBER)
}

/** No number of as many characters is too large for a float64. */
const LONGEST_NUMBER = 30
const NUMBER = /^-?[\d_.:]+([eE][+-]?[\d_]+)?$/

/** Where the key at this place ends, at its colon; −1 where there is no simple key. */
export function keyEnd(text: string, at: number): number {
  const code = text.charCodeAt(at)
  let end = at
  if (isQuote(code)) {
    end = quotedEnd(text, at, false)
    if (end < 0) return -1
  } else {
    end = skip(WORD, text, at)
  }
  if (end === at || end - at > MAX_KEY || text.charCodeAt(end) !== COLON) return -1
  return end + 1 >= text.length || isBlank(text.charCodeAt(end + 1)) ? end : -1
}

const WORD = /[\w./-]*/y
const MAX_KEY = 500

/** What a key without quotes is: YAML reads some words as another type than text. */
export function kindOfKey(key: string): 'text' | 'bool' | 'other' {
  const first = key.charCodeAt(0)
  if (!isLetter(first) && first !== UNDERSCORE) return 'other'
  if (!isTypedWord(key)) return 'text'
  return key.toLowerCase() === 'null' ? 'other' : 'bool'
}

function isTypedWord(word: string): boolean {
  return word.length <= 5 && TYPED_WORDS.has(word.toLowerCase())
}

const TYPED_WORDS = new Set(['y', 'n', 'yes', 'no', 'on', 'off', 'true', 'false', 'null'])

/** The text of a scalar that is surely text; undefined for what may be another type. */
export function textOf(raw: string): string | undefined {
  if (isQuote(raw.charCodeAt(0))) return isEscaped(raw) ? undefined : raw.slice(1, -1)
  const isText = isLetter(raw.charCodeAt(0)) ? !isTypedWord(raw) : OTHER_TEXT.test(raw)
  return isText ? raw : undefined
}

/** A path, a version, and what has a letter that is in no number and no date. */
const OTHER_TEXT = /^(?:\/.*|\d+(?:\.\d+\.\d+[\w.+-]*|[\w.+/-]*[g-nq-suvwyG-NQ-SUVWY][\w.+/-]*))$/

/** The next place that is no space and no line feed. */
export function skipBlank(text: string, from: number): number {
  let at = from
  while (isBlank(text.charCodeAt(at))) at++
  return at
}

/** Where what the pattern matches at this place ends: of long texts patterns are quicker than loops. */
function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  pattern.test(text)
  return pattern.lastIndex
}

function isWord(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === UNDERSCORE
}

/** Whether a character is a quotation mark. */
export function isQuote(code: number): boolean {
  return code === DOUBLE_QUOTE || code === SINGLE_QUOTE
}

/** Whether a character is a space or a line feed. */
export function isBlank(code: number): boolean {
  return code === SPACE || code === LF
}

const LF = 10
const SPACE = 32
const DOUBLE_QUOTE = 34
const HASH = 35
const DOLLAR = 36
const SINGLE_QUOTE = 39
const OPEN_PAREN = 40
const DASH = 45
const DOT = 46
const SLASH = 47
const COLON = 58
const OPEN_BRACKET = 91
const BACKSLASH = 92
const CARET = 94
const UNDERSCORE = 95
const OPEN_BRACE = 123
