import { parseFloat } from '../golang/strconv.ts'
import { GoError } from '../golang/value.ts'

/** Which ways of writing a text in YAML keep its meaning. */
export interface Analysis {
  readonly multiline: boolean
  readonly plain: boolean
  readonly single: boolean
  readonly literal: boolean
}

/**
 * Finds out how a text may be written, from the characters it holds.
 *
 * @param tabsInLiteral whether a tab is allowed in a literal block, as goyaml.v3 has it
 */
export function analyze(text: string, tabsInLiteral: boolean): Analysis {
  if (text === '') return { multiline: false, plain: true, single: true, literal: false }
  const found = PRINTABLE_ASCII.test(text) ? NOTHING : scan(text, tabsInLiteral)
  const edges = LEADING_OR_TRAILING.test(text)
  const special = found.spaceBreak || found.special
  return {
    multiline: found.breaks,
    plain: !(
      edges ||
      found.breakSpace ||
      special ||
      found.tab ||
      found.breaks ||
      isIndicator(text)
    ),
    single: !(found.breakSpace || special || found.tab),
    literal: !(text.endsWith(' ') || special),
  }
}

/** Whether plain text would be read as something else than a string: a number, a date … */
export function readsAsOther(text: string): boolean {
  const first = text.charCodeAt(0)
  if (text === '') return true
  if (first >= 0x3a || first < 0x2b) return WORDS.has(text)
  if (first === 0x2e) return WORDS.has(text) || isFloat(text)
  // `+`, `-` and digits; `,` and `/` begin no number.
  if (first === 0x2c || first === 0x2f) return false
  return WORDS.has(text) || isNumber(text) || isTimestamp(text) || BASE_60.test(text)
}

/** Whether a character ends a line in YAML 1.1. */
export function isBreak(code: number): boolean {
  return code === 0x0a || code === 0x0d || code === 0x85 || code === 0x2028 || code === 0x2029
}

const LEADING_OR_TRAILING = /^[ \n\r\u0085\u2028\u2029]|[ \n\r\u0085\u2028\u2029]$/

interface Findings {
  breaks: boolean
  special: boolean
  tab: boolean
  /** A break before a space, and a space before a break. */
  breakSpace: boolean
  spaceBreak: boolean
}

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/
/** Tried behind {@link PRINTABLE_ASCII}: there is a line break. */
const PRINTABLE_LINES = /^[\n\x20-\x7e]*$/
const BREAK = /[\n\r\u0085\u2028\u2029]/
const BREAK_SPACE = /[\n\r\u0085\u2028\u2029] /
const SPACE_BREAK = / [\n\r\u0085\u2028\u2029]/
/** Characters that goyaml does not write as they are. */
const SPECIAL = /[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/
const SPECIAL_BUT_TAB = /[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/
const NOTHING: Readonly<Findings> = {
  breaks: false,
  special: false,
  tab: false,
  breakSpace: false,
  spaceBreak: false,
}

function scan(text: string, tabsInLiteral: boolean): Findings {
  if (PRINTABLE_LINES.test(text)) {
    const breakSpace = text.includes('\n ')
    const spaceBreak = text.includes(' \n')
    return { breaks: true, special: false, tab: false, breakSpace, spaceBreak }
  }
  return {
    breaks: BREAK.test(text),
    special: (tabsInLiteral ? SPECIAL_BUT_TAB : SPECIAL).test(text),
    tab: tabsInLiteral && text.includes('\t'),
    breakSpace: BREAK_SPACE.test(text),
    spaceBreak: SPACE_BREAK.test(text),
  }
}

/** Whether a character stands where it would be read as syntax in a block. */
function isIndicator(text: string): boolean {
  return INDICATORS.test(text)
}

const INDICATORS =
  /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`]|[-?:](?:[ \t]|$))|:(?:[ \t]|$)|[ \t\n\r\u0085\u2028\u2029\0]#/

const WORDS = new Set(
  (
    'y Y yes Yes YES true True TRUE on On ON n N no No NO false False FALSE off Off OFF ' +
    '~ null Null NULL .nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF'
  ).split(' '),
)

const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/
const INTEGER = /^[-+]?(?:0[bB][01]+|0[oO]?[0-7]+|0[xX][0-9a-fA-F]+|[1-9][0-9]*|0)$/
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
/** Binary and octal digits with a sign behind the prefix, which the reader takes too. */
const SIGNED_INSIDE = /^(?:0b[-+][01]+|-0b[01]+|0o[-+][0-7]+|-0o[0-7]+)$/

function isNumber(text: string): boolean {
  const plain = text.replaceAll('_', '')
  if (INTEGER.test(plain) && isInRange(plain)) return true
  if (FLOAT.test(plain)) return Number.isFinite(Number(plain))
  return SIGNED_INSIDE.test(plain) && plain.length <= 64
}

/** Whether an integer fits 64 bits; without a sign all of them are for digits. */
function isInRange(text: string): boolean {
  const digits = text.replace(/^[-+]/, '')
  if (digits.length < 16) return true
  const value = BigInt(/^0[0-9]/.test(digits) ? `0o${digits.slice(1)}` : digits)
  if (text.startsWith('-')) return value <= 1n << 63n
  return value < 1n << (text.startsWith('+') ? 63n : 64n)
}

function isFloat(text: string): boolean {
  if (!/^\.[0-9]/.test(text)) return false
  try {
    parseFloat(text)
    return true
  } catch (error) {
    if (error instanceof GoError) return false
    throw error
  }
}

const TIMESTAMP =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:[Tt](\d\d?):(\d\d?):(\d\d?)(?:[.,]\d+)?(?:Z|[-+](\d\d):(\d\d))| (\d\d?):(\d\d?):(\d\d?)(?:[.,]\d+)?)?$/

function isTimestamp(text: string): boolean {
  const match = TIMESTAMP.exec(text)
  if (match === null) return false
  const part = (index: number): number => Number(match[index] ?? 0)
  const days = new Date(Date.UTC(2000 + (part(1) % 400), part(2), 0)).getUTCDate()
  const isDate = part(2) >= 1 && part(2) <= 12 && part(3) >= 1 && part(3) <= days
  const hour = part(4) + part(9)
  const minute = part(5) + part(10)
  const second = part(6) + part(11)
  return isDate && hour < 24 && minute < 60 && second < 60 && part(7) <= 24 && part(8) <= 60
}
