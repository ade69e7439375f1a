/*
 * Go's unicode package for single runes, held as strings of one character. Case changes map
 * one rune to one rune; where Unicode's full mapping gives several (ß, ŉ), the rune stays.
 *
 * Classes of Unicode stand where they are used: V8 looks up all their characters when a
 * pattern is made, and most runs need none.
 */

/** Whether the rune is white space; U+0085 is, U+FEFF is not. */
export function isSpace(rune: string): boolean {
  return SPACE.test(rune)
}

/** Whether the rune is a capital letter. */
export function isUpper(rune: string): boolean {
  return rune <= '\u007f' ? rune >= 'A' && rune <= 'Z' : /\p{Lu}/u.test(rune)
}

/** Whether the rune is a small letter. */
export function isLower(rune: string): boolean {
  return rune <= '\u007f' ? rune >= 'a' && rune <= 'z' : /\p{Ll}/u.test(rune)
}

/** Whether the rune is a title-case letter such as ǅ. */
export function isTitle(rune: string): boolean {
  return rune > '\u007f' && /\p{Lt}/u.test(rune)
}

/** Whether the rune is a letter. */
export function isLetter(rune: string): boolean {
  return /\p{L}/u.test(rune)
}

/** Whether the rune is of one of Unicode's number categories. */
export function isNumber(rune: string): boolean {
  return /\p{N}/u.test(rune)
}

/** Whether the rune is punctuation. */
export function isPunctuation(rune: string): boolean {
  return /\p{P}/u.test(rune)
}

/** The rune's capital form. */
export function toUpper(rune: string): string {
  const upper = rune.toUpperCase()
  return isOneRune(upper) ? upper : iotaSubscript(rune)
}

/** The rune's small form. */
export function toLower(rune: string): string {
  if (rune === 'İ') return 'i'
  const lower = rune.toLowerCase()
  return isOneRune(lower) ? lower : rune
}

/** The rune's form at the start of a word; its capital one but for digraphs and Georgian. */
export function toTitle(rune: string): string {
  if (rune <= '\u007f') return rune.toUpperCase()
  const digraph = DIGRAPHS.find((forms) => forms.includes(rune))
  if (digraph !== undefined) return digraph.charAt(1)
  return GEORGIAN.test(rune) ? rune : toUpper(rune)
}

/** ᾳ and its like have a capital of one rune that JavaScript does not use. */
function iotaSubscript(rune: string): string {
  const point = rune.codePointAt(0) ?? 0
  if (point >= 0x1f80 && point <= 0x1faf) return String.fromCodePoint(point | 8)
  return IOTA_CAPITALS[rune] ?? rune
}

function isOneRune(text: string): boolean {
  return text.length === 1 || (text.length === 2 && (text.codePointAt(0) ?? 0) > 0xffff)
}

const SPACE = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/
const GEORGIAN = /[\u10d0-\u10fa\u10fd-\u10ff]/
/** Capital, title and small form of the letters that have all three. */
const DIGRAPHS = ['Ǆǅǆ', 'Ǉǈǉ', 'Ǌǋǌ', 'Ǳǲǳ']
const IOTA_CAPITALS: Readonly<Record<string, string>> = { ᾳ: 'ᾼ', ῃ: 'ῌ', ῳ: 'ῼ' }
