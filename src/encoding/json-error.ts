import { fromBytes, toBytes } from '../golang/bytes.ts'
import { quote } from '../golang/strconv.ts'

/**
 * Says what is wrong with text that is no JSON, in the words of Go's `encoding/json`.
 *
 * Runs a second parser, of Go's states, because its words name the state it was in.
 */
export function explainJsonError(text: string): string {
  return readDocument(scanOf(text)) ?? 'unexpected end of JSON input'
}

/** The offset of the first mistake; undefined when the text is JSON as far as it goes. */
export function offsetOfJsonError(text: string): number | undefined {
  const scan = scanOf(text)
  if (readDocument(scan) === undefined) return undefined
  return fromBytes(scan.bytes.subarray(0, Math.max(0, scan.at - 1))).length
}

function scanOf(text: string): Scan {
  // Go ends the text with a blank, and names it where a word or a number is cut off.
  return { bytes: toBytes(`${text} `), at: 0, open: [], wants: 'value' }
}

interface Scan {
  readonly bytes: Buffer
  at: number
  /** The brackets that are open, outermost first. */
  readonly open: Bracket[]
  /** What may come next; `first` is a first item or the end of what was just opened. */
  wants: 'value' | 'first' | 'key' | 'after'
}

type Bracket = '{' | '['

/** The words for the first mistake; undefined when the text just ends too early. */
function readDocument(scan: Scan): string | undefined {
  for (;;) {
    const byte = nextAfterSpace(scan)
    if (byte === '') return undefined
    const mistake = scan.wants === 'after' ? readAfter(scan, byte) : readItem(scan, byte)
    if (mistake !== '') return mistake
  }
}

/** Reads what follows a value: a comma or a closing bracket. */
function readAfter(scan: Scan, byte: string): string | undefined {
  const bracket = scan.open.at(-1)
  if (bracket === undefined) return wrong(byte, 'after top-level value')
  if (byte === CLOSING[bracket]) scan.open.pop()
  else if (byte === ',') scan.wants = bracket === '{' ? 'key' : 'value'
  else return wrong(byte, AFTER[bracket])
  return ''
}

function readItem(scan: Scan, byte: string): string | undefined {
  const bracket = scan.open.at(-1)
  if (scan.wants === 'first' && bracket !== undefined && byte === CLOSING[bracket]) {
    scan.open.pop()
    scan.wants = 'after'
    return ''
  }
  if (bracket === '{' && scan.wants !== 'value') {
    scan.wants = 'value'
    return readKey(scan, byte)
  }
  if (byte === '{' || byte === '[') {
    scan.open.push(byte)
    scan.wants = 'first'
    return scan.open.length > MAX_DEPTH ? wrong(byte, 'exceeded max depth') : ''
  }
  scan.wants = 'after'
  return readScalar(scan, byte)
}

const MAX_DEPTH = 10_000
const CLOSING: Record<Bracket, string> = { '{': '}', '[': ']' }
const AFTER: Record<Bracket, string> = {
  '{': 'after object key:value pair',
  '[': 'after array element',
}

/** Reads a key and its colon; '' when both are right, undefined where the text ends. */
function readKey(scan: Scan, byte: string): string | undefined {
  if (byte !== '"') return wrong(byte, 'looking for beginning of object key string')
  const mistake = readString(scan)
  if (mistake !== '') return mistake
  const colon = nextAfterSpace(scan)
  if (colon === '') return undefined
  return colon === ':' ? '' : wrong(colon, 'after object key')
}

function readScalar(scan: Scan, byte: string): string | undefined {
  if (byte === '"') return readString(scan)
  if (byte === 't') return readLiteral(scan, 'true')
  if (byte === 'f') return readLiteral(scan, 'false')
  if (byte === 'n') return readLiteral(scan, 'null')
  if (byte === '-' || isDigit(byte)) return readNumber(scan, byte)
  return wrong(byte, 'looking for beginning of value')
}

function readString(scan: Scan): string | undefined {
  for (;;) {
    const byte = next(scan)
    if (byte === '') return undefined
    if (byte === '"') return ''
    if (byte < ' ') return wrong(byte, 'in string literal')
    if (byte !== '\\') continue
    const mistake = readEscape(scan)
    if (mistake !== '') return mistake
  }
}

function readEscape(scan: Scan): string | undefined {
  const byte = next(scan)
  if (byte === '') return undefined
  if (byte !== 'u') return 'bfnrt\\/"'.includes(byte) ? '' : wrong(byte, 'in string escape code')
  for (let count = 0; count < 4; count++) {
    const digit = next(scan)
    if (digit === '') return undefined
    if (!/[0-9a-fA-F]/.test(digit)) return wrong(digit, 'in \\u hexadecimal character escape')
  }
  return ''
}

function readLiteral(scan: Scan, word: string): string | undefined {
  for (const wanted of word.slice(1)) {
    const byte = next(scan)
    if (byte === '') return undefined
    if (byte !== wanted) return wrong(byte, `in literal ${word} (expecting '${wanted}')`)
  }
  return ''
}

function readNumber(scan: Scan, first: string): string | undefined {
  let lead = first
  if (first === '-') {
    lead = next(scan)
    if (lead === '') return undefined
    if (!isDigit(lead)) return wrong(lead, 'in numeric literal')
  }
  if (lead !== '0') skipDigits(scan)
  if (peek(scan) === '.') {
    scan.at++
    const mistake = readDigits(scan, 'after decimal point in numeric literal')
    if (mistake !== '') return mistake
  }
  if (peek(scan) !== 'e' && peek(scan) !== 'E') return ''
  scan.at++
  if (peek(scan) === '+' || peek(scan) === '-') scan.at++
  return readDigits(scan, 'in exponent of numeric literal')
}

function readDigits(scan: Scan, where: string): string | undefined {
  const byte = next(scan)
  if (byte === '') return undefined
  if (!isDigit(byte)) return wrong(byte, where)
  skipDigits(scan)
  return ''
}

function skipDigits(scan: Scan): void {
  while (isDigit(peek(scan))) scan.at++
}

function isDigit(byte: string): boolean {
  return byte >= '0' && byte <= '9'
}

function nextAfterSpace(scan: Scan): string {
  while (' \t\r\n'.includes(peek(scan)) && scan.at < scan.bytes.length) scan.at++
  return next(scan)
}

function next(scan: Scan): string {
  const byte = peek(scan)
  scan.at++
  return byte
}

/** The byte at hand as a character of Latin-1, as Go prints it; '' at the end. */
function peek(scan: Scan): string {
  const byte = scan.bytes[scan.at]
  return byte === undefined ? '' : String.fromCharCode(byte)
}

function wrong(byte: string, where: string): string {
  const name = byte === "'" ? "\\'" : byte === '"' ? '"' : quote(byte).slice(1, -1)
  return `invalid character '${name}' ${where}`
}
