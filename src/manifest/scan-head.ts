/*
 * Reads the head of a document without making values of the rest, which is most of the work
 * on large manifests. It knows the block YAML that charts print: one key or list item a
 * line, plain, quoted and block scalars. Of a text with anything else, or of a wrong one, it
 * says nothing, and the whole document is decoded instead: it never decides that a text is
 * wrong, and takes none that the decoder would refuse.
 */
import { endOfSpaces } from '../base/ascii.ts'
import {
  endOfPairs,
  isBlank,
  isEscaped,
  isOpenPlain,
  isQuote,
  keyEnd,
  kindOfKey,
  type PairLine,
  pairLine,
  skipBlank,
  textOf,
  valueEnd,
} from './scan-scalar.ts'

/** What Helm reads of a document: enough to sort it and to know a hook. */
export interface Head {
  apiVersion: string
  kind: string
  name: string
  annotations: ReadonlyMap<string, string>
}

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
  seen: string[]
  head: { apiVersion: string; kind: string; name: string; annotations: Map<string, string> }
}

const MAX_LEVELS = 200

/** Shared by all documents without annotations, which most are: an empty map is not small. */
const NO_ANNOTATIONS = new Map<string, string>()

/** Gives the head of a simple document; undefined for one that must be decoded. */
export function scanHead(text: string): Head | undefined {
  if (STRANGE.test(text)) return undefined
  const head = { apiVersion: '', kind: '', name: '', annotations: NO_ANNOTATIONS }
  const scan: Scan = { text, at: 0, levels: [], isStarted: false, seen: [], head }
  while (scan.at < text.length) if (!readLine(scan)) return undefined
  return scan.levels.length === 0 ? undefined : head
}

/**
 * Tabs and carriage returns, characters that YAML refuses, breaks beyond the line feed, and halves
 * of characters.
 */
const STRANGE =
  /[^\n\x20-\x7e\u00a0-\u2027\u202a-\ufefe\uff00-\ufffd]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** Reads a line, and the lines of a block scalar that it starts. */
function readLine(scan: Scan): boolean {
  const { text } = scan
  const lineStart = scan.at
  linesRead++
  const isPattern = isOutsideHead(scan) && isWorthPatterns()
  const pair = isPattern ? pairLine(text, lineStart) : undefined
  if (pair !== undefined && pair.column > (scan.levels[0]?.column ?? 0)) return readPair(scan, pair)
  let at = endOfSpaces(text, lineStart)
  const code = text.charCodeAt(at)
  if (code === HASH || code === LF || at >= text.length) {
    skipLine(scan, at)
    return true
  }
  while (text.charCodeAt(at) === DASH && isBlank(text.charCodeAt(at + 1))) {
    if (!enter(scan, at - lineStart, true)) return false
    at = endOfSpaces(text, at + 1)
    if (at >= text.length || text.charCodeAt(at) === LF) {
      skipLine(scan, at)
      return true
    }
  }
  return readEntry(scan, lineStart, at)
}

/** The patterns for whole lines take as long to be compiled as some hundred lines to be read without. */
function isWorthPatterns(): boolean {
  return linesRead > FEW_LINES
}

const FEW_LINES = 200
/** Lines of all documents of this run. */
let linesRead = 0

/** Whether nothing of the head can stand on this line unless it begins in the root's column. */
function isOutsideHead({ levels }: Scan): boolean {
  return levels.length > 1 && levels[0]?.key !== 'metadata'
}

/** Reads a line of a key and a short value, which is indented more than the root. */
function readPair(scan: Scan, { column, end, hasValue }: PairLine): boolean {
  if (!enter(scan, column, false)) return false
  const level = scan.levels[scan.levels.length - 1]
  if (level === undefined) return false
  scan.at = end
  if (!hasValue) return true
  level.isWaiting = false
  skipPairs(scan, level)
  return true
}

/** Reads `key:` with its value, or a scalar of a list or of the key on the line before. */
function readEntry(scan: Scan, lineStart: number, at: number): boolean {
  const colon = keyEnd(scan.text, at)
  const column = at - lineStart
  if (colon < 0) return readAwaited(scan, at, column)
  if (!enter(scan, column, false)) return false
  const level = scan.levels[scan.levels.length - 1]
  if (level === undefined) return false
  const isQuoted = isQuote(scan.text.charCodeAt(at))
  level.key = isQuoted ? scan.text.slice(at + 1, colon - 1) : scan.text.slice(at, colon)
  if (isQuoted ? isEscaped(scan.text.slice(at, colon)) : !isKnownKey(scan, level.key)) return false
  if (!isFreshField(scan) || !readValue(scan, colon + 1, level)) return false
  skipPairs(scan, level)
  return true
}

/** False for a key that YAML refuses, and for one that names an annotation by other words. */
function isKnownKey({ levels }: Scan, key: string): boolean {
  const kind = kindOfKey(key)
  return kind === 'text' || (kind === 'bool' && fieldAt(levels) !== 'annotation')
}

/** Skips further entries of a map, where nothing in it is of the head. */
function skipPairs(scan: Scan, { column, isWaiting }: Level): void {
  const { text } = scan
  if (isWaiting || !isOutsideHead(scan) || !isWorthPatterns()) return
  const indent = ' '.repeat(column)
  for (let from = -1; from !== scan.at;) {
    from = scan.at
    const isSibling = text.charCodeAt(from + column) !== SPACE && text.startsWith(indent, from)
    if (isSibling) scan.at = endOfPairs(text, from)
  }
}

/** False for a field of the head that was met before, or whose name is in another case. */
function isFreshField({ levels, seen }: Scan): boolean {
  const level = levels[levels.length - 1]
  if (level === undefined || levels.length > 2) return true
  const names = levels.length === 1 ? ROOT_FIELDS : levels[0]?.key === 'metadata' ? FIELDS : []
  const known = names.find((name) => name.toLowerCase() === level.key.toLowerCase())
  if (known === undefined) return true
  if (known !== level.key || seen.includes(known)) return false
  seen.push(known)
  return true
}

const ROOT_FIELDS = ['kind', 'apiVersion', 'metadata'] as const
const FIELDS = ['name', 'annotations'] as const

function readAwaited(scan: Scan, at: number, column: number): boolean {
  const level = scan.levels[scan.levels.length - 1]
  if (level?.isWaiting !== true || column <= level.column) return false
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
  let top = levels[levels.length - 1]
  while (top !== undefined && top.column > column) {
    levels.pop()
    top = levels[levels.length - 1]
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
  const root = levels[0]?.key
  if (levels.length === 1) return ROOT_FIELDS.find((name) => name === root)
  if (root !== 'metadata') return undefined
  const second = levels[1]?.key
  if (levels.length === 2) return FIELDS.find((name) => name === second)
  return levels.length === 3 && second === 'annotations' ? 'annotation' : undefined
}

type Field = 'kind' | 'apiVersion' | 'metadata' | 'name' | 'annotations' | 'annotation'

/** Reads the value behind a key or dash, to the end of its line or of its block. */
function readValue(scan: Scan, from: number, level: Level): boolean {
  const { text } = scan
  const at = endOfSpaces(text, from)
  const code = text.charCodeAt(at)
  if (at >= text.length || code === LF || (code === HASH && at > from)) {
    skipLine(scan, at)
    return fieldAt(scan.levels) !== 'annotation'
  }
  level.isWaiting = false
  if (code === PIPE || code === GREATER) return readBlock(scan, at, level)
  const end = valueEnd(text, at)
  if (end < 0) return false
  if (fieldAt(scan.levels) !== undefined && !keep(scan, text.slice(at, end))) return false
  skipLine(scan, end)
  if (!continues(scan, level)) return true
  return isOpenPlain(text, at, end) && fieldAt(scan.levels) === undefined && skipPlain(scan, level)
}

/** Skips the further lines of a plain scalar, when nothing in them could mean something else. */
function skipPlain(scan: Scan, level: Level): boolean {
  const { text } = scan
  do {
    const at = skipBlank(text, scan.at)
    const lineEnd = text.indexOf('\n', at)
    const line = text.slice(at, lineEnd < 0 ? text.length : lineEnd)
    if (/: | #|:$/.test(line)) return false
    skipLine(scan, at)
  } while (continues(scan, level))
  return true
}

/** Skips a block scalar. */
function readBlock(scan: Scan, at: number, level: Level): boolean {
  BLOCK_HEADER.lastIndex = at
  const header = BLOCK_HEADER.exec(scan.text)
  if (header === null || fieldAt(scan.levels) !== undefined) return false
  skipLine(scan, BLOCK_HEADER.lastIndex)
  const more = header[1] ?? header[2]
  return skipBlock(scan, level.column, more === undefined ? -1 : level.column + Number(more))
}

/** With how much its lines are indented more than what it belongs to, if that is said. */
const BLOCK_HEADER = /[|>](?:[-+]?([1-9])?|([1-9])[-+]) *(?=\n|$)/y

/** Skips the lines that are indented more than `column`, those of the block by `indent` or more. */
function skipBlock(scan: Scan, column: number, given: number): boolean {
  const { text } = scan
  // Where it is not given, the first line says it.
  let indent = given
  while (scan.at < text.length) {
    const start = endOfSpaces(text, scan.at)
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
  const next = skipBlank(text, at)
  if (next >= text.length || text.charCodeAt(next) === HASH) return false
  return next - text.lastIndexOf('\n', next - 1) - 1 > level.column
}

/** Takes the value into the head if it is one of its fields; false for one that is not text. */
function keep({ levels, head }: Scan, raw: string): boolean {
  const field = fieldAt(levels)
  if (field === undefined) return true
  if (raw.includes('\n')) return false
  if (raw === '{}') return field === 'metadata' || field === 'annotations'
  const text = textOf(raw)
  if (text === undefined || field === 'metadata' || field === 'annotations') return false
  if (field !== 'annotation') head[field] = text
  else {
    if (head.annotations === NO_ANNOTATIONS) head.annotations = new Map()
    head.annotations.set(levels.at(-1)?.key ?? '', text)
  }
  return true
}

function skipLine(scan: Scan, from: number): void {
  const end = scan.text.indexOf('\n', from)
  scan.at = end < 0 ? scan.text.length : end + 1
}

const LF = 10
const SPACE = 32
const HASH = 35
const DASH = 45
const GREATER = 62
const PIPE = 124
