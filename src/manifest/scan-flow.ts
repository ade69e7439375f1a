import { endOfDigits, endOfSpaces, isDigit, isLetter } from '../base/ascii.ts'

/**
 * Where a list or a map of words, numbers and quoted texts on one line ends; −1 for others.
 *
 * @param at place of the bracket
 */
export function flowEnd(text: string, at: number): number {
  const isMap = text.charCodeAt(at) === OPEN_BRACE
  const close = isMap ? CLOSE_BRACE : CLOSE_BRACKET
  let end = endOfSpaces(text, at + 1)
  if (text.charCodeAt(end) === close) return end + 1
  for (;;) {
    if (isMap) end = behindKey(text, end)
    if (end >= 0) end = itemEnd(text, end)
    if (end < 0) return -1
    end = endOfSpaces(text, end)
    const code = text.charCodeAt(end)
    if (code === close) return end + 1
    if (code !== COMMA) return -1
    end = endOfSpaces(text, end + 1)
  }
}

/** Where the value of a key begins; −1 where there is no key, or one that is null. */
function behindKey(text: string, at: number): number {
  if (!mayStartWord(text.charCodeAt(at))) return -1
  const end = wordEnd(text, at)
  if (end - at > LONGEST_KEY || text.charCodeAt(end) !== COLON) return -1
  if (text.charCodeAt(end + 1) !== SPACE) return -1
  const isNull = end - at === 4 && text.slice(at, end).toLowerCase() === 'null'
  return isNull ? -1 : endOfSpaces(text, end + 1)
}

function itemEnd(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) return quotedEnd(text, at, code)
  return mayStartWord(code) ? wordEnd(text, at) : numberEnd(text, at)
}

/** Of a text in quotes that stands for itself. */
function quotedEnd(text: string, at: number, quote: number): number {
  for (let end = at + 1; end < text.length; end++) {
    const code = text.charCodeAt(end)
    if (code === quote) return end + 1
    if (code === LF || (code === BACKSLASH && quote === DOUBLE_QUOTE)) return -1
  }
  return -1
}

function wordEnd(text: string, at: number): number {
  let end = at
  while (isOfWord(text.charCodeAt(end))) end++
  return end
}

function numberEnd(text: string, at: number): number {
  const end = digitsEnd(text, text.charCodeAt(at) === DASH ? at + 1 : at)
  return end < 0 || text.charCodeAt(end) !== DOT ? end : digitsEnd(text, end + 1)
}

function digitsEnd(text: string, at: number): number {
  const end = endOfDigits(text, at)
  return end === at || end - at > MOST_DIGITS ? -1 : end
}

function mayStartWord(code: number): boolean {
  return isLetter(code) || code === UNDERSCORE
}

function isOfWord(code: number): boolean {
  return mayStartWord(code) || isDigit(code) || code === DOT || code === SLASH || code === DASH
}

const LONGEST_KEY = 401
const MOST_DIGITS = 15

const LF = 10
const SPACE = 32
const DOUBLE_QUOTE = 34
const SINGLE_QUOTE = 39
const COMMA = 44
const DASH = 45
const DOT = 46
const SLASH = 47
const COLON = 58
const BACKSLASH = 92
const CLOSE_BRACKET = 93
const UNDERSCORE = 95
const OPEN_BRACE = 123
const CLOSE_BRACE = 125
