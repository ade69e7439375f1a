import { isAscii, toBytes } from './bytes.ts'
import type { Directive } from './format-value.ts'
import { isPrintable } from './printable.ts'
import {
  canBackquote,
  type FloatVerb,
  formatFloat,
  quote,
  quoteRune,
  quoteToAscii,
} from './strconv.ts'
import type { GoInt } from './value.ts'

/** Fills text up to the directive's width, counted in code points. */
export function pad(flags: Directive, text: string): string {
  if (flags.width <= 0) return text
  return padWith(flags, text, flags.zero && !flags.minus ? '0' : ' ')
}

/** Formats text by `%v %s %q %x %X`; undefined for a verb that does not fit. */
export function formatText(flags: Directive, text: string): string | undefined {
  switch (flags.verb) {
    case 'v':
      return flags.goSyntax ? quoteText(flags, text) : pad(flags, cut(flags, text))
    case 's':
      return pad(flags, cut(flags, text))
    case 'q':
      return quoteText(flags, text)
    case 'x':
      return hexText(flags, text)
    case 'X':
      return hexText(flags, text)
    default:
      return undefined
  }
}

/** Formats an integer; undefined for a verb that does not fit. */
export function formatInteger(flags: Directive, value: GoInt): string | undefined {
  const isUnsigned = value.kind.startsWith('u')
  switch (flags.verb) {
    case 'v':
      return flags.goSyntax && isUnsigned
        ? digitsOf({ ...flags, sharp: true }, value.value, 16)
        : digitsOf(flags, value.value, 10)
    case 'd':
      return digitsOf(flags, value.value, 10)
    case 'b':
      return digitsOf(flags, value.value, 2)
    case 'o':
    case 'O':
      return digitsOf(flags, value.value, 8)
    case 'x':
    case 'X':
      return digitsOf(flags, value.value, 16)
    case 'c':
      return pad(flags, String.fromCodePoint(codePoint(value.value)))
    case 'q':
      return pad(flags, quoteRune(codePoint(value.value), flags.plus))
    case 'U':
      return unicodeOf(flags, BigInt.asUintN(64, value.value))
    default:
      return undefined
  }
}

/** Formats a float; undefined for a verb that does not fit. */
export function formatFloatVerb(flags: Directive, value: number): string | undefined {
  switch (flags.verb) {
    case 'v':
      return floatOf(flags, value, 'g', -1)
    case 'b':
    case 'g':
    case 'G':
    case 'x':
    case 'X':
      return floatOf(flags, value, flags.verb, -1)
    case 'f':
    case 'e':
    case 'E':
      return floatOf(flags, value, flags.verb, 6)
    case 'F':
      return floatOf(flags, value, 'f', 6)
    default:
      return undefined
  }
}

function padWith(flags: Directive, text: string, filler: string): string {
  const missing = flags.width - runeLength(text)
  if (missing <= 0) return text
  return flags.minus ? text + filler.repeat(missing) : filler.repeat(missing) + text
}

function runeLength(text: string): number {
  if (isAscii(text)) return text.length
  let count = 0
  for (const _ of text) count++
  return count
}

/** The first code points of the text, as many as the precision says. */
function cut(flags: Directive, text: string): string {
  if (flags.precision < 0 || text.length <= flags.precision) return text
  return Array.from(text).slice(0, flags.precision).join('')
}

function quoteText(flags: Directive, text: string): string {
  const short = cut(flags, text)
  if (flags.sharp && canBackquote(short)) return pad(flags, `\`${short}\``)
  return pad(flags, flags.plus ? quoteToAscii(short) : quote(short))
}

function hexText(flags: Directive, text: string): string {
  const all = toBytes(text)
  const bytes = flags.precision >= 0 ? all.subarray(0, flags.precision) : all
  const prefix = flags.sharp ? '0x' : ''
  const separator = flags.space ? ` ${prefix}` : ''
  const hex = bytes.length === 0 ? '' : prefix + separated(bytes.toString('hex'), separator)
  return pad(flags, flags.verb === 'X' ? hex.toUpperCase() : hex)
}

function separated(hex: string, separator: string): string {
  return separator === '' ? hex : (hex.match(/../g) ?? []).join(separator)
}

function digitsOf(flags: Directive, value: bigint, base: 2 | 8 | 10 | 16): string {
  const size = value < 0n ? -value : value
  if (flags.precision === 0 && size === 0n) return ' '.repeat(Math.max(flags.width, 0))
  const sign = value < 0n ? '-' : flags.plus ? '+' : flags.space ? ' ' : ''
  const digits = size.toString(base).padStart(leastDigits(flags, sign), '0')
  const text = basePrefix(flags, digits, base) + digits
  return padWith(flags, sign + (flags.verb === 'X' ? text.toUpperCase() : text), ' ')
}

/** Digits to fill up to with zeros: `%.3d`, or `%03d` when no precision is given. */
function leastDigits(flags: Directive, sign: string): number {
  if (flags.precision >= 0) return flags.precision
  if (!flags.zero || flags.minus || flags.width < 0) return 0
  return flags.width - sign.length
}

function basePrefix(flags: Directive, digits: string, base: number): string {
  if (flags.verb === 'O') return flags.sharp && !digits.startsWith('0') ? '0o0' : '0o'
  if (!flags.sharp) return ''
  if (base === 16) return '0x'
  if (base === 2) return '0b'
  return base === 8 && !digits.startsWith('0') ? '0' : ''
}

function codePoint(value: bigint): number {
  const point = Number(BigInt.asUintN(64, value))
  return point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) ? 0xfffd : point
}

/** `U+0041`, with the sharp flag `U+0041 'A'`. */
function unicodeOf(flags: Directive, value: bigint): string {
  const digits = value.toString(16).toUpperCase().padStart(Math.max(flags.precision, 4), '0')
  const shown = flags.sharp && value <= 0x10ffffn && isPrintable(Number(value))
  const character = shown ? ` '${String.fromCodePoint(Number(value))}'` : ''
  return padWith(flags, `U+${digits}${character}`, ' ')
}

function floatOf(flags: Directive, value: number, verb: FloatVerb, byDefault: number): string {
  const precision = flags.precision >= 0 ? flags.precision : byDefault
  const plain = formatFloat(value, verb, precision)
  const signed = /^[+-]/.test(plain) ? plain : `+${plain}`
  const sign = signed.startsWith('+') && flags.space && !flags.plus ? ' ' : signed.charAt(0)
  const number = signed.slice(1)
  if (number === 'Inf' || number === 'NaN') return infinite(flags, sign, number)
  const full = flags.sharp && verb !== 'b' ? withAllDigits(number, verb, precision) : number
  if (!flags.plus && sign === '+') return pad(flags, full)
  if (flags.zero && !flags.minus && flags.width > full.length + 1) {
    return sign + full.padStart(flags.width - 1, '0')
  }
  return pad(flags, sign + full)
}

function infinite(flags: Directive, sign: string, name: string): string {
  const bare = name === 'NaN' && !flags.space && !flags.plus
  return padWith(flags, bare ? name : sign + name, ' ')
}

/** Puts back the decimal point and the zeros that the sharp flag wants. */
function withAllDigits(number: string, verb: FloatVerb, precision: number): string {
  const isHex = verb === 'x' || verb === 'X'
  const at = number.search(isHex ? /[pP]/ : /[eE]/)
  const head = at < 0 ? number : number.slice(0, at)
  const tail = at < 0 ? '' : number.slice(at)
  const point = head.includes('.') ? '' : '.'
  if (verb !== 'g' && verb !== 'G' && verb !== 'x') return head + point + tail
  const wanted = precision < 0 ? 6 : precision
  const significant = head.replace('.', '').replace(/^0+/, '').length
  const zeros = wanted - significant - (head === '0' ? 1 : 0)
  return head + point + '0'.repeat(Math.max(zeros, 0)) + tail
}
