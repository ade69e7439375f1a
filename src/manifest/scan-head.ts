/*
 * Reads the head of a document without making values of the rest, which is most of the work
 * on large manifests. It knows the block YAML that charts print: one key or list item a
 * line, plain, quoted and block scalars. Of a text with anything else, or of a wrong one, it
 * says nothing, and the whole document is decoded instead: it never decides that a text is
 * wrong, and takes none that the decoder would refuse.
 */
import type { Head } from './read-head.ts'

/** A block collection that is open. */
interface Level {
  column: number
  isList: boolean
  /** The last key or dash has no value yet, so deeper lines are its value. */
  isWaiting: boolean
  /** Key of the entry that is being read. */
  key: string
}

interface Scan {
  text: string
  at: number
  levels: Level[]
  /** The root collection was opened; there is only one. */
  isStarted: boolean
  /** Paths of the fields of the head that were met; one that comes again is left to the decoder. */
  seen: Set<string>
  head: { apiVersion: string; kind: string; name: string; annotations: Map<string, string> }
}

const MAX_LEVELS = 200

/** Gives the head of a simple document; undefined for one that must be decoded. */
export function scanHead(text: string): Head | undefined {
  if (STRANGE.test(text)) return undefined
  const head = { apiVersion: '', kind: '', name: '', annotations: new Map<string, string>() }
  const scan: Scan = { text, at: 0, levels: [], isStarted: false, seen: new Set(), head }
  while (scan.at < text.length) if (!readLine(scan)) return undefined
  return scan.levels.length === 0 ? undefined : head
}

/** Tabs and carriage returns, characters that YAML refuses, and breaks beyond the line feed. */
const STRANGE = /[^\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/

/** Reads a line, and the lines of a block scalar that it starts. */
function readLine(scan: Scan): boolean {
  const { text } = scan
  const lineStart = scan.at
  let at = lineStart
  while (text.charCodeAt(at) === SPACE) at++
  const code = text.charCodeAt(at)
  if (code === HASH || code === LF || at >= text.length) {
    skipLine(scan, at)
    return true
  }
  while (text.charCodeAt(at) === DASH && isBlank(text.charCodeAt(at + 1))) {
    if (!enter(scan, at - lineStart, true)) return false
    at++
    while (text.charCodeAt(at) === SPACE) at++
    if (at >= text.length || text.charCodeAt(at) === LF) {
      skipLine(scan, at)
      return true
    }
  }
  return readEntry(scan, lineStart, at)
}

/** Reads `key:` with its value, or a scalar of a list. */
function readEntry(scan: Scan, lineStart: number, at: number): boolean {
  const colon = keyEnd(scan.text, at)
  const column = at - lineStart
  if (colon < 0) return readItem(scan, at, column)
  if (!enter(scan, column, false)) return false
  const level = scan.levels[scan.levels.length - 1]
  if (level === undefined) return false
  const isQuoted = isQuote(scan.text.charCodeAt(at))
  level.key = isQuoted ? scan.text.slice(at + 1, colon - 1) : scan.text.slice(at, colon)
  if (!isQuoted && !isPlainKey(level.key)) return false
  return isFreshField(scan) && readValue(scan, colon + 1, level)
}

/** False for a field of the head that was met before, or whose name is in another case. */
function isFreshField({ levels, seen }: Scan): boolean {
  const level = levels.at(-1)
  const names = levels.length === 1 ? ROOT_FIELDS : levels[0]?.key === 'metadata' ? FIELDS : []
  if (level === undefined || levels.length > 2) return true
  const known = names.find((name) => name.toLowerCase() === level.key.toLowerCase())
  if (known === undefined) return true
  if (known !== level.key || seen.has(known)) return false
  seen.add(known)
  return true
}

const ROOT_FIELDS = ['kind', 'apiVersion', 'metadata'] as const
const FIELDS = ['name', 'annotations'] as const

function readItem(scan: Scan, at: number, column: number): boolean {
  const level = scan.levels[scan.levels.length - 1]
  if (level?.isList !== true || !level.isWaiting || column <= level.column) return false
  return readValue(scan, at, level)
}

/** Makes the collection in this column the innermost one, opening it where one is awaited. */
function enter(scan: Scan, column: number, isList: boolean): boolean {
  const { levels } = scan
  const top = closeTo(levels, column, isList)
  if (top?.column === column && top.isList === isList) {
    top.isWaiting = true
    return true
  }
  if (top === undefined ? scan.isStarted : !top.isWaiting || top.column > column) return false
  if (levels.length === MAX_LEVELS || !mayHold(levels, isList)) return false
  if (top !== undefined) top.isWaiting = false
  scan.isStarted = true
  levels.push({ column, isList, isWaiting: true, key: '' })
  return true
}

/** Closes the collections that end before this column; gives the innermost that stays. */
function closeTo(levels: Level[], column: number, isList: boolean): Level | undefined {
  let top = levels.at(-1)
  while (top !== undefined && top.column > column) {
    levels.pop()
    top = levels.at(-1)
  }
  // A list may stand in the column of the key that it belongs to, and ends before the next key.
  if (top?.column !== column || !top.isList || isList) return top
  levels.pop()
  const above = levels.at(-1)
  // Without such a key nothing can stand here: the level given back fits no column.
  return above?.column === column ? above : { ...top, column: column + 1 }
}

/** Of the head only the root, metadata and annotations may be collections, and must be maps. */
function mayHold(levels: readonly Level[], isList: boolean): boolean {
  if (levels.length === 0) return !isList
  const field = fieldAt(levels)
  if (field === undefined) return true
  return (field === 'metadata' || field === 'annotations') && !isList
}

/** The field of the head whose value is read now; undefined for all that is not of the head. */
function fieldAt(levels: readonly Level[]): Field | undefined {
  const [root, second] = levels
  if (levels.length === 1) return ROOT_FIELDS.find((name) => name === root?.key)
  if (root?.key !== 'metadata') return undefined
  if (levels.length === 2) return FIELDS.find((name) => name === second?.key)
  return levels.length === 3 && second?.key === 'annotations' ? 'annotation' : undefined
}

type Field = 'kind' | 'apiVersion' | 'metadata' | 'name' | 'annotations' | 'annotation'

/** Reads the value behind a key or dash, to the end of its line or of its block. */
function readValue(scan: Scan, from: number, level: Level): boolean {
  const { text } = scan
  let at = from
  while (text.charCodeAt(at) === SPACE) at++
  const code = text.charCodeAt(at)
  if (at >= text.length || code === LF || (code === HASH && at > from)) {
    skipLine(scan, at)
    return fieldAt(scan.levels) !== 'annotation'
  }
  level.isWaiting = false
  if (code === PIPE || code === GREATER) return readBlock(scan, at, level)
  const end = valueEnd(text, at)
  if (end < 0) return false
  if (!keep(scan, text.slice(at, end))) return false
  skipLine(scan, end)
  return !continues(scan, level)
}

/** Where a scalar or an empty collection ends that fills the rest of its line; −1 for others. */
function valueEnd(text: string, at: number): number {
  const code = text.charCodeAt(at)
  const end = isQuote(code) ? quotedEnd(text, at) : plainEnd(text, at)
  if (end < 0) return -1
  let after = end
  while (text.charCodeAt(after) === SPACE) after++
  const next = text.charCodeAt(after)
  const isOver = after >= text.length || next === LF || (next === HASH && after > end)
  return isOver ? end : -1
}

function quotedEnd(text: string, at: number): number {
  const quote = text.charCodeAt(at)
  for (let end = at + 1; end < text.length; end++) {
    const code = text.charCodeAt(end)
    if (code === quote) return text.charCodeAt(end + 1) === quote ? -1 : end + 1
    if (code === LF || code === BACKSLASH) return -1
  }
  return -1
}

function plainEnd(text: string, at: number): number {
  const pair = text.slice(at, at + 2)
  if (pair === '{}' || pair === '[]') return at + 2
  if (!mayStart(text, at)) return -1
  let end = at
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end)
    if (code === LF) break
    if (code === COLON && isBlank(text.charCodeAt(end + 1))) return -1
    if (code === COLON && end + 1 >= text.length) return -1
    if (code === HASH && text.charCodeAt(end - 1) === SPACE) break
  }
  while (text.charCodeAt(end - 1) === SPACE) end--
  return isPlainNumberSafe(text, at, end) ? end : -1
}

/** A plain scalar may begin with a letter or digit, or what never means anything else. */
function mayStart(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (isWord(code) || code >= 0xa0) return true
  if (code === DASH) return isLetter(text.charCodeAt(at + 1)) || text.charCodeAt(at + 1) === DASH
  return code === SLASH || code === DOLLAR || code === OPEN_PAREN
}

/** JSON has no infinity: whether a number is too large is for the decoder to say. */
function isPlainNumberSafe(text: string, at: number, end: number): boolean {
  if (!isDigit(text.charCodeAt(at))) return true
  if (end - at > 30) return false
  for (let each = at; each < end; each++) {
    const code = text.charCodeAt(each)
    if (code === CAPITAL_E || code === SMALL_E) return false
  }
  return true
}

/** Skips a block scalar whose header has no indentation indicator. */
function readBlock(scan: Scan, at: number, level: Level): boolean {
  const { text } = scan
  let end = at + 1
  const chomp = text.charCodeAt(end)
  if (chomp === DASH || chomp === PLUS) end++
  while (text.charCodeAt(end) === SPACE) end++
  if (end < text.length && text.charCodeAt(end) !== LF) return false
  if (fieldAt(scan.levels) !== undefined) return false
  skipLine(scan, end)
  return skipBlock(scan, level.column)
}

/** Skips the lines that are indented more than `column`, the first of them least. */
function skipBlock(scan: Scan, column: number): boolean {
  const { text } = scan
  let indent = -1
  while (scan.at < text.length) {
    let start = scan.at
    while (text.charCodeAt(start) === SPACE) start++
    const own = start - scan.at
    const isEmpty = start >= text.length || text.charCodeAt(start) === LF
    if (isEmpty ? indent < 0 && own > column + 1 : own > column && own < indent) return false
    if (!isEmpty && own <= column) return true
    if (!isEmpty && indent < 0) indent = own
    skipLine(scan, start)
  }
  return true
}

/** Whether the next line with something on it is indented so that it belongs to the scalar. */
function continues({ text, at }: Scan, level: Level): boolean {
  let lineStart = at
  for (let next = at; next < text.length; next++) {
    const code = text.charCodeAt(next)
    if (code === LF) lineStart = next + 1
    else if (code !== SPACE) return code !== HASH && next - lineStart > level.column
  }
  return false
}

/** Where the key at this place ends, at its colon; −1 where there is no simple key. */
function keyEnd(text: string, at: number): number {
  const code = text.charCodeAt(at)
  let end = at
  if (isQuote(code)) {
    end = quotedEnd(text, at)
    if (end < 0) return -1
  } else {
    while (isKeyPart(text.charCodeAt(end))) end++
  }
  if (end === at || end - at > MAX_KEY || text.charCodeAt(end) !== COLON) return -1
  return end + 1 >= text.length || isBlank(text.charCodeAt(end + 1)) ? end : -1
}

const MAX_KEY = 500

/** Keys that YAML would read as something else than text are left to the decoder. */
function isPlainKey(key: string): boolean {
  return /^[A-Za-z_]/.test(key) && !TYPED_WORD.test(key)
}

const TYPED_WORD = /^(?:y|n|yes|no|on|off|true|false|null)$/i

/** Takes the value into the head if it is one of its fields; false for one that is not text. */
function keep({ levels, head }: Scan, raw: string): boolean {
  const field = fieldAt(levels)
  if (field === undefined) return true
  const text = textOf(raw)
  if (text === undefined || field === 'metadata' || field === 'annotations') return false
  if (field === 'annotation') head.annotations.set(levels.at(-1)?.key ?? '', text)
  else head[field] = text
  return true
}

/** The text of a scalar that is surely text; undefined for what may be another type. */
function textOf(raw: string): string | undefined {
  if (isQuote(raw.charCodeAt(0))) return raw.slice(1, -1)
  return isLetter(raw.charCodeAt(0)) && !TYPED_WORD.test(raw) ? raw : undefined
}

function skipLine(scan: Scan, from: number): void {
  const end = scan.text.indexOf('\n', from)
  scan.at = end < 0 ? scan.text.length : end + 1
}

function isKeyPart(code: number): boolean {
  return isWord(code) || code === DASH || code === DOT || code === SLASH
}

function isWord(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === UNDERSCORE
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

function isQuote(code: number): boolean {
  return code === DOUBLE_QUOTE || code === SINGLE_QUOTE
}

function isBlank(code: number): boolean {
  return code === SPACE || code === LF
}

const LF = 10
const SPACE = 32
const DOUBLE_QUOTE = 34
const HASH = 35
const DOLLAR = 36
const SINGLE_QUOTE = 39
const OPEN_PAREN = 40
const PLUS = 43
const DASH = 45
const DOT = 46
const SLASH = 47
const COLON = 58
const GREATER = 62
const CAPITAL_E = 69
const BACKSLASH = 92
const UNDERSCORE = 95
const SMALL_E = 101
const PIPE = 124
