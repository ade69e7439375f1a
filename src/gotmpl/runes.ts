import { isDigit, isLetter } from '../base/ascii.ts'
import { isPrintable } from '../golang/printable.ts'

/**
 * Tells how many units (1 or 2) the letter, digit or underscore at the offset takes.
 *
 * @returns 0 where there is none
 */
export function isAlphaNumeric(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  if (unit < 0x80) return isAsciiWord(unit) ? 1 : 0
  const point = text.codePointAt(at)
  if (point === undefined) return 0
  // Made when it is needed: V8 looks up all characters of the classes for it.
  if (!/[\p{L}\p{Nd}]/u.test(String.fromCodePoint(point))) return 0
  return point > 0xffff ? 2 : 1
}

/** The character at the offset as Go's `%#U` prints it, for example `U+0021 '!'`. */
export function describeRune(text: string, at: number): string {
  const point = text.codePointAt(at)
  // Go prints its end-of-file rune, which is -1, like so.
  if (point === undefined) return 'U+FFFFFFFFFFFFFFFF'
  const rune = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point
  const number = `U+${rune.toString(16).toUpperCase().padStart(4, '0')}`
  return isPrintable(rune) ? `${number} '${String.fromCodePoint(rune)}'` : number
}

function isAsciiWord(unit: number): boolean {
  return isLetter(unit) || isDigit(unit) || unit === UNDERSCORE
}

const UNDERSCORE = 95
