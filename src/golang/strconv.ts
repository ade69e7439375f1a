import {
  binaryParts,
  type Decimal,
  fixedDecimal,
  shortestDecimal,
  significantDecimal,
} from './decimal.ts'
import { fromBytes, toBytes } from './bytes.ts'
import { isPrintable } from './printable.ts'
import { GoError } from './value.ts'

export type FloatVerb = 'e' | 'E' | 'f' | 'g' | 'G' | 'b' | 'x' | 'X'

/**
 * Writes a float as Go's `strconv.FormatFloat`.
 *
 * @param precision digits behind the point, or for `g` significant ones; −1 for the fewest
 *   that read back as the same float
 */
export function formatFloat(
  value: number,
  verb: FloatVerb = 'g',
  precision = -1,
  bits: 32 | 64 = 64,
): string {
  if (verb === 'g' && precision === -1 && bits === 64) {
    const size = Math.abs(value)
    if (size >= 1e-4 && size < 1e6) return String(value)
  }
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (verb === 'b') return binaryForm(value, bits)
  if (verb === 'x' || verb === 'X') return hexForm(value, precision, verb)
  return layOut(decimalOf(value, verb, precision, bits), verb, precision)
}

/** Quotes text as Go's `strconv.Quote`: `%q` without flags. */
export function quote(text: string): string {
  if (/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(text)) return `"${text}"`
  return quoteWith(text, '"', false)
}

/** Quotes text like `quote`, with every character outside ASCII escaped: `%+q`. */
export function quoteToAscii(text: string): string {
  return quoteWith(text, '"', true)
}

/** Quotes one code point in single quotes: `%q` of an integer. */
export function quoteRune(point: number, asciiOnly = false): string {
  const valid = point <= 0x10ffff && (point < 0xd800 || point > 0xdfff) ? point : 0xfffd
  return `'${escapeRune(valid, "'", asciiOnly)}'`
}

/** Whether text can stand between backquotes unchanged, on one line. */
export function canBackquote(text: string): boolean {
  return !/[\x00-\x08\x0a-\x1f`\x7f\ufeff\ud800-\udfff]/u.test(text)
}

/** Reads a bool as Go's `strconv.ParseBool`. */
export function parseBool(text: string): boolean {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true
  if (/^(?:0|f|F|FALSE|false|False)$/.test(text)) return false
  throw numberError('ParseBool', text, SYNTAX)
}

/**
 * Reads an integer as Go's `strconv.ParseInt`.
 *
 * @param base 2 to 36, or 0 to go by the prefix (`0x`, `0o`, `0b`, `0`) and allow `_`
 * @throws GoError with Go's text when the syntax is wrong or the value does not fit
 */
export function parseInt(text: string, base = 10, bits = 64): bigint {
  const signed = text.startsWith('-') || text.startsWith('+')
  const size = readUint(signed ? text.slice(1) : text, base, 'ParseInt', text)
  const value = text.startsWith('-') ? -size : size
  if (BigInt.asIntN(bits, value) !== value) throw numberError('ParseInt', text, RANGE)
  return value
}

/** Reads an integer without a sign as Go's `strconv.ParseUint`; throws as `parseInt`. */
export function parseUint(text: string, base = 10, bits = 64): bigint {
  const value = readUint(text, base, 'ParseUint', text)
  if (BigInt.asUintN(bits, value) !== value) throw numberError('ParseUint', text, RANGE)
  return value
}

/** Reads a decimal integer as Go's `strconv.Atoi`; throws as `parseInt`. */
export function atoi(text: string): bigint {
  if (!/^[+-]?\d+$/.test(text)) throw numberError('Atoi', text, SYNTAX)
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text)
  if (BigInt.asIntN(64, value) !== value) throw numberError('Atoi', text, RANGE)
  return value
}

/**
 * Reads a float as Go's `strconv.ParseFloat` of 64 bits: decimal, hexadecimal with a
 * binary exponent, `inf`, `infinity` and `nan` in any case.
 *
 * @throws GoError with Go's text when the syntax is wrong or the value is too large
 */
export function parseFloat(text: string): number {
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  if (/^nan$/i.test(text)) return Number.NaN
  if (!underscoresSeparateDigits(text)) throw numberError('ParseFloat', text, SYNTAX)
  const plain = text.replaceAll('_', '')
  const value = DECIMAL.test(plain) ? Number(plain) : readHexFloat(plain)
  if (value === undefined) throw numberError('ParseFloat', text, SYNTAX)
  if (!Number.isFinite(value)) throw numberError('ParseFloat', text, RANGE)
  return value
}

const SYNTAX = 'invalid syntax'
const RANGE = 'value out of range'
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const HEX_FLOAT = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)$/

function numberError(name: string, text: string, reason: string): GoError {
  return new GoError(`strconv.${name}: parsing ${quote(text)}: ${reason}`)
}

function decimalOf(value: number, verb: FloatVerb, precision: number, bits: 32 | 64): Decimal {
  if (precision < 0) return shortestDecimal(value, bits)
  if (verb === 'f') return fixedDecimal(value, precision)
  if (verb === 'g' || verb === 'G') return significantDecimal(value, precision || 1)
  return significantDecimal(value, precision + 1)
}

function layOut(decimal: Decimal, verb: FloatVerb, precision: number): string {
  const { digits, point } = decimal
  const shortest = precision < 0
  switch (verb) {
    case 'f':
      return fixedForm(decimal, shortest ? Math.max(digits.length - point, 0) : precision)
    case 'g':
    case 'G':
      return generalForm(decimal, verb === 'g' ? 'e' : 'E', precision)
    default:
      return exponentForm(decimal, verb, shortest ? Math.max(digits.length - 1, 0) : precision)
  }
}

function generalForm(decimal: Decimal, letter: string, precision: number): string {
  const { digits, point } = decimal
  const exponent = point - 1
  if (exponent < -4 || exponent >= generalLimit(decimal, precision)) {
    return exponentForm(decimal, letter, Math.max(digits.length - 1, 0))
  }
  return fixedForm(decimal, Math.max(digits.length - point, 0))
}

/** The exponent from which `%g` writes one. */
function generalLimit({ digits, point }: Decimal, precision: number): number {
  if (precision < 0) return 6
  const limit = Math.max(precision, 1)
  return limit > digits.length && digits.length >= point ? digits.length : limit
}

function exponentForm(decimal: Decimal, letter: string, places: number): string {
  const { negative, digits, point } = decimal
  const exponent = digits === '' ? 0 : point - 1
  const fraction = places > 0 ? `.${digits.slice(1, places + 1).padEnd(places, '0')}` : ''
  const sign = exponent < 0 ? '-' : '+'
  const power = String(Math.abs(exponent)).padStart(2, '0')
  return `${negative ? '-' : ''}${digits[0] ?? '0'}${fraction}${letter}${sign}${power}`
}

function fixedForm(decimal: Decimal, places: number): string {
  const { negative, digits, point } = decimal
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0'
  if (places === 0) return (negative ? '-' : '') + whole
  const zeros = point < 0 ? '0'.repeat(Math.min(-point, places)) : ''
  const fraction = zeros + digits.slice(Math.max(point, 0))
  return `${negative ? '-' : ''}${whole}.${fraction.slice(0, places).padEnd(places, '0')}`
}

/** `mantissa p exponent`, both decimal: Go's `%b`. */
function binaryForm(value: number, bits: 32 | 64): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const { mantissa, exponent } = binaryParts(value)
  const shift = bits === 32 ? 29 : 0
  const power = exponent + shift
  return `${sign}${mantissa >> BigInt(shift)}p${power < 0 ? '' : '+'}${power}`
}

/** `0x1.8p+01`: Go's `%x` of a float. */
function hexForm(value: number, precision: number, verb: 'x' | 'X'): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  let { mantissa, exponent } = binaryParts(value)
  if (mantissa === 0n) exponent = -52
  while (mantissa !== 0n && mantissa < 1n << 52n) {
    mantissa <<= 1n
    exponent--
  }
  let power = exponent + 52
  if (precision >= 0 && precision < 13) {
    mantissa = roundedMantissa(mantissa, BigInt(52 - precision * 4))
    if (mantissa >= 1n << 53n) power++
  }
  const wrapped = mantissa >= 1n << 53n ? mantissa >> 1n : mantissa
  const all = (wrapped & ((1n << 52n) - 1n)).toString(16).padStart(13, '0')
  const digits =
    precision < 0 ? all.replace(/0+$/, '') : all.slice(0, precision).padEnd(precision, '0')
  const lead = `0x${wrapped >> 52n}${digits === '' ? '' : '.'}${digits}`
  const tail = `p${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  const text = sign + lead + tail
  return verb === 'x' ? text : text.toUpperCase()
}

function roundedMantissa(mantissa: bigint, dropped: bigint): bigint {
  const half = 1n << (dropped - 1n)
  const rest = mantissa & ((1n << dropped) - 1n)
  const kept = mantissa >> dropped
  const up = rest > half || (rest === half && kept % 2n === 1n)
  return (up ? kept + 1n : kept) << dropped
}

function quoteWith(text: string, mark: '"', asciiOnly: boolean): string {
  // Two halves of a character may meet in a joined string; they count as one character.
  const whole = /[\udc80-\udcff]/.test(text) ? fromBytes(toBytes(text)) : text
  let quoted: string = mark
  for (const character of whole) {
    const point = character.codePointAt(0) ?? 0
    const isByte = point >= 0xdc80 && point <= 0xdcff
    quoted += isByte ? `\\x${hex(point - 0xdc00, 2)}` : escapeRune(point, mark, asciiOnly)
  }
  return quoted + mark
}

const ESCAPES = new Map([
  [7, '\\a'],
  [8, '\\b'],
  [9, '\\t'],
  [10, '\\n'],
  [11, '\\v'],
  [12, '\\f'],
  [13, '\\r'],
])

function escapeRune(point: number, mark: string, asciiOnly: boolean): string {
  const character = String.fromCodePoint(point)
  if (character === mark || character === '\\') return `\\${character}`
  if (isPrintable(point) && !(asciiOnly && point > 0x7e)) return character
  const short = ESCAPES.get(point)
  if (short !== undefined) return short
  if (point < 0x20 || point === 0x7f) return `\\x${hex(point, 2)}`
  return point < 0x10000 ? `\\u${hex(point, 4)}` : `\\U${hex(point, 8)}`
}

function hex(value: number, width: number): string {
  return value.toString(16).padStart(width, '0')
}

function readUint(digits: string, base: number, name: string, text: string): bigint {
  const { radix, rest } = base === 0 ? prefixed(digits) : { radix: base, rest: digits }
  const plain = base === 0 && underscoresSeparateDigits(digits) ? rest.replaceAll('_', '') : rest
  if (digits === '') throw numberError(name, text, SYNTAX)
  let value = 0n
  for (const digit of plain) {
    const worth = Number.parseInt(digit, 36)
    if (!(worth < radix)) throw numberError(name, text, SYNTAX)
    value = value * BigInt(radix) + BigInt(worth)
    // Go stops reading here, so that a wrong digit further on is not noticed.
    if (value > MAX_UINT) throw numberError(name, text, RANGE)
  }
  return value
}

const MAX_UINT = (1n << 64n) - 1n

function prefixed(digits: string): { radix: number; rest: string } {
  if (!digits.startsWith('0')) return { radix: 10, rest: digits }
  const radix = { b: 2, o: 8, x: 16 }[digits.charAt(1).toLowerCase()]
  if (radix !== undefined && digits.length >= 3) return { radix, rest: digits.slice(2) }
  return { radix: 8, rest: digits.slice(1) }
}

/** Whether each `_` stands between digits, a base prefix counting as one. */
function underscoresSeparateDigits(text: string): boolean {
  if (!text.includes('_')) return true
  const number = text.replace(/^[+-]/, '').replace(/^0[bBoO]/, '0')
  const isHex = /^0[xX]/.test(number)
  const digits = isHex ? `0${number.slice(2)}` : number
  return isHex
    ? !/(?<![0-9a-fA-F])_|_(?![0-9a-fA-F])/.test(digits)
    : !/(?<!\d)_|_(?!\d)/.test(digits)
}

function readHexFloat(text: string): number | undefined {
  const match = HEX_FLOAT.exec(text)
  if (match === null) return undefined
  const [, sign = '', whole = '', fraction = '', power = ''] = match
  if (whole + fraction === '') return undefined
  const value = scaledToFloat(BigInt(`0x${whole}${fraction}`), Number(power) - fraction.length * 4)
  return sign === '-' ? -value : value
}

/** `mantissa × 2^exponent` rounded half to even. */
function scaledToFloat(mantissa: bigint, exponent: number): number {
  if (mantissa === 0n) return 0
  const size = mantissa.toString(2).length
  const lowest = Math.max(exponent + size - 53, -1074)
  const dropped = lowest - exponent
  const kept =
    dropped <= 0 ? mantissa << BigInt(Math.min(-dropped, 1100)) : halfToEven(mantissa, dropped)
  if (exponent + size > 1024) return Infinity
  // Two factors, because 2^lowest alone may be too small for a float.
  return Number(kept) * 2 ** Math.max(lowest, -1000) * 2 ** Math.min(lowest + 1000, 0)
}

function halfToEven(mantissa: bigint, dropped: number): bigint {
  if (dropped > mantissa.toString(2).length + 1) return 0n
  return roundedMantissa(mantissa, BigInt(dropped)) >> BigInt(dropped)
}
