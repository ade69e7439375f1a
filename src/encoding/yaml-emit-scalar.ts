import { byteLength } from '../golang/bytes.ts'
import { analyze, type Analysis, isBreak, readsAsOther } from './yaml-emit-analyze.ts'

/** What the emitter keeps while it writes a document from left to right. */
export interface Emitter {
  out: string
  /** Characters on the current line. */
  column: number
  /** Column at which the current block begins; −1 outside of all blocks. */
  indent: number
  /** Whether the last thing written was blank. */
  whitespace: boolean
  /** Whether the line holds nothing but indentation and the marks `-`, `?`, `:` so far. */
  indention: boolean
  /** Lines are folded at the first blank beyond this column. */
  readonly width: number
  /** Whether a tab may stand in a literal block. */
  readonly tabsInLiteral: boolean
}

/** Columns that each level of nesting adds. */
export const INDENT = 2

/** Starts the line on which the next item of the current block stands. */
export function writeIndent(emitter: Emitter): void {
  const indent = Math.max(emitter.indent, 0)
  const { column } = emitter
  if (!emitter.indention || column > indent || (column === indent && !emitter.whitespace)) {
    emitter.out += lineStart(indent)
    emitter.column = indent
  } else if (column < indent) {
    emitter.out += ' '.repeat(indent - column)
    emitter.column = indent
  }
  emitter.whitespace = true
  emitter.indention = true
}

const LINE_STARTS: string[] = []

/** A line break and the indentation behind it. */
function lineStart(indent: number): string {
  if (indent > 100) return `\n${' '.repeat(indent)}`
  return (LINE_STARTS[indent] ??= `\n${' '.repeat(indent)}`)
}

/** Writes plain text that needs no second look, such as a number or a short word. */
export function writeWord(emitter: Emitter, text: string): void {
  if (emitter.whitespace) {
    emitter.out += text
    emitter.column += text.length
  } else {
    emitter.out += ` ${text}`
    emitter.column += text.length + 1
  }
  emitter.whitespace = false
  emitter.indention = false
}

/** Writes the mark `-`, `?` or `:` that begins an item; nesting goes on behind it. */
export function writeMark(emitter: Emitter, mark: '-' | '?' | ':'): void {
  const { indention } = emitter
  writeWord(emitter, mark)
  emitter.indention = indention
}

/** Writes a key that is a short word, and its colon. */
export function writeShortKey(emitter: Emitter, key: string): void {
  writeIndent(emitter)
  writeWord(emitter, `${key}:`)
}

/** Writes any other key and its colon, or `? key` and `:` on lines of their own if it is long. */
export function writeKey(emitter: Emitter, key: string): void {
  writeIndent(emitter)
  const analysis = analyze(key, emitter.tabsInLiteral)
  if (!analysis.multiline && byteLength(key) <= LONGEST_KEY) {
    writeStyled(emitter, key, analysis, true)
    emitter.out += ':'
    emitter.column++
    emitter.whitespace = false
    emitter.indention = false
    return
  }
  writeMark(emitter, '?')
  writeStyled(emitter, key, analysis, false)
  writeIndent(emitter)
  writeMark(emitter, ':')
}

/** Writes a string that is no short word as a value in the style that goyaml picks. */
export function writeText(emitter: Emitter, text: string): void {
  writeStyled(emitter, text, analyze(text, emitter.tabsInLiteral), false)
}

/** In bytes; a longer key, or one of many lines, is written behind a `?`. */
const LONGEST_KEY = 128
const SHORT_WORD = /^[A-Za-z_/][A-Za-z0-9_./-]{0,127}$/

/** Whether a text is written as it is, wherever it stands; most keys and many values are such. */
export function isShortWord(text: string): boolean {
  return SHORT_WORD.test(text) && (text.length > 5 || !readsAsOther(text))
}

function writeStyled(emitter: Emitter, text: string, analysis: Analysis, isKey: boolean): void {
  const { indent } = emitter
  emitter.indent = Math.max(indent, 0) + INDENT
  const folds = !isKey
  if (text.includes('\n')) {
    if (analysis.literal && !isKey) writeLiteral(emitter, text)
    else writeDouble(emitter, text, folds)
  } else if (readsAsOther(text)) writeDouble(emitter, text, folds)
  else if (analysis.plain) writeFolded(emitter, text, folds)
  else if (analysis.single) writeSingle(emitter, text, folds)
  else writeDouble(emitter, text, folds)
  emitter.indent = indent
}

/** Writes plain text, with a new line for the first blank beyond the width. */
function writeFolded(emitter: Emitter, text: string, folds: boolean): void {
  if (!folds || emitter.column + text.length <= emitter.width) {
    writeWord(emitter, text)
    return
  }
  if (!emitter.whitespace) {
    emitter.out += ' '
    emitter.column++
  }
  emitter.indention = false
  let start = 0
  for (let at = nextFold(emitter, text, 0); at >= 0; at = nextFold(emitter, text, start)) {
    emitter.out += text.slice(start, at)
    writeIndent(emitter)
    emitter.indention = false
    start = at + 1
  }
  emitter.out += text.slice(start)
  emitter.column += text.length - start
  emitter.whitespace = false
  emitter.indention = false
}

/** Where the next single blank beyond the width stands; counts the columns up to it. */
function nextFold(emitter: Emitter, text: string, start: number): number {
  const beyond = start + Math.max(emitter.width - emitter.column + 1, 0)
  for (let at = text.indexOf(' ', beyond); at >= 0; at = text.indexOf(' ', at + 1)) {
    if (at > start && text.charCodeAt(at - 1) === 0x20) continue
    if (text.charCodeAt(at + 1) !== 0x20) return at
  }
  return -1
}

/** Writes single-quoted text; of the breaks only U+2028 and U+2029 can be in it. */
function writeSingle(emitter: Emitter, text: string, folds: boolean): void {
  openQuote(emitter, "'")
  let afterSpace = false
  let afterBreak = false
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === 0x20) {
      const mayFold = folds && !afterSpace && at > 0 && at < text.length - 1
      if (mayFold && emitter.column > emitter.width && text.charCodeAt(at + 1) !== 0x20) {
        writeIndent(emitter)
      } else put(emitter, ' ')
      afterSpace = true
      at++
    } else if (isBreak(code)) {
      emitter.out += text.charAt(at)
      emitter.column = 0
      emitter.indention = true
      afterBreak = true
      at++
    } else {
      if (afterBreak) writeIndent(emitter)
      const end = code === 0x27 ? at + 1 : endOfRun(IN_SINGLE, text, at)
      put(emitter, code === 0x27 ? "''" : text.slice(at, end))
      emitter.indention = false
      afterSpace = false
      afterBreak = false
      at = end
    }
  }
  closeQuote(emitter, "'")
}

function writeDouble(emitter: Emitter, text: string, folds: boolean): void {
  openQuote(emitter, '"')
  // An oddity of goyaml: behind a byte order mark at the start, everything is escaped.
  const escapesAll = text.startsWith('\ufeff')
  let afterSpace = false
  let at = 0
  while (at < text.length) {
    const end = escapesAll ? at : endOfRun(IN_DOUBLE, text, at)
    if (end > at) {
      put(emitter, text.slice(at, end))
      afterSpace = false
      at = end
    } else if (text.charCodeAt(at) === 0x20 && !escapesAll) {
      const mayFold = folds && !afterSpace && at > 0 && at < text.length - 1
      if (mayFold && emitter.column > emitter.width) {
        writeIndent(emitter)
        if (text.charCodeAt(at + 1) === 0x20) put(emitter, '\\')
      } else put(emitter, ' ')
      afterSpace = true
      at++
    } else {
      const code = text.codePointAt(at) ?? 0
      put(emitter, escapeOf(code))
      afterSpace = false
      at += code > 0xffff ? 2 : 1
    }
  }
  closeQuote(emitter, '"')
}

function openQuote(emitter: Emitter, mark: string): void {
  put(emitter, emitter.whitespace ? mark : ` ${mark}`)
  emitter.whitespace = false
  emitter.indention = false
}

function closeQuote(emitter: Emitter, mark: string): void {
  put(emitter, mark)
  emitter.whitespace = false
  emitter.indention = false
}

function put(emitter: Emitter, text: string): void {
  emitter.out += text
  emitter.column += text.length
}

/** What stands in single quotes as it is, but for spaces and line breaks. */
const IN_SINGLE = /[^ '\n\r\u0085\u2028\u2029]+/y
/** What stands in double quotes as it is, but for spaces. */
const IN_DOUBLE = /[!#-[\]-~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]+/y

/** Where the characters that a sticky pattern takes end; `at` where there are none. */
function endOfRun(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

const ESCAPES = new Map(
  Object.entries({
    0: '0',
    7: 'a',
    8: 'b',
    9: 't',
    10: 'n',
    11: 'v',
    12: 'f',
    13: 'r',
    27: 'e',
    34: '"',
    92: '\\',
    133: 'N',
    160: '_',
    8232: 'L',
    8233: 'P',
  }),
)

function escapeOf(code: number): string {
  const short = ESCAPES.get(String(code))
  if (short !== undefined) return `\\${short}`
  const hex = code.toString(16).toUpperCase()
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

/** Writes a literal block: `|`, its hints, and the text line by line. */
function writeLiteral(emitter: Emitter, text: string): void {
  const first = text.charCodeAt(0)
  const hint = first === 0x20 || isBreak(first) ? String(INDENT) : ''
  writeWord(emitter, `|${hint}${chomping(text)}\n`)
  const margin = ' '.repeat(emitter.indent)
  const lines = text.split(LINE)
  let column = 0
  for (let index = 0; index < lines.length; index += 2) {
    const line = lines[index] ?? ''
    column = line === '' ? 0 : emitter.indent + line.length
    emitter.out += (line === '' ? '' : margin + line) + (lines[index + 1] ?? '')
  }
  emitter.column = column
  emitter.whitespace = true
  emitter.indention = column === 0
}

const LINE = /([\n\r\u0085\u2028\u2029])/

/** `-` where the text ends without a break, `+` where it ends with more than one. */
function chomping(text: string): string {
  const last = text.length - 1
  if (!isBreak(text.charCodeAt(last))) return '-'
  return last === 0 || isBreak(text.charCodeAt(last - 1)) ? '+' : ''
}
