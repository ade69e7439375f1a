/*
 * Characters and short texts looked at by code. A run compiles each of its patterns anew, which
 * takes 10 to 200 µs: as long as hundreds of these calls.
 */

/** Whether a unit of UTF-16 is a digit. */
export function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57
}

/** Whether it is a letter from a to z, small or capital. */
export function isLetter(unit: number): boolean {
  const small = unit | 32
  return small >= 97 && small <= 122
}

/** Whether text is an integer without leading zeros, of 1 to 15 digits, perhaps with a sign. */
export function isShortDecimal(text: string): boolean {
  const first = text.charCodeAt(0)
  const start = first === PLUS || first === DASH ? 1 : 0
  const length = text.length - start
  return length >= 1 && length <= 15 && text.charCodeAt(start) !== ZERO && areDigits(text, start)
}

/** Where the digits end that begin at a place. */
export function endOfDigits(text: string, from: number): number {
  let at = from
  while (isDigit(text.charCodeAt(at))) at++
  return at
}

/** Where the spaces end that begin at a place. */
export function endOfSpaces(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) === SPACE) at++
  return at
}

/** Whether there are digits alone from a place on. */
export function areDigits(text: string, from: number): boolean {
  return endOfDigits(text, from) === text.length
}

/** Whether it is a character of ASCII that can be seen; the space is one. */
export function isPrintableAscii(unit: number): boolean {
  return unit >= 0x20 && unit <= 0x7e
}

/** Whether all characters are such ones. */
export function areAllPrintableAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (!isPrintableAscii(text.charCodeAt(at))) return false
  return true
}

const SPACE = 32
const PLUS = 43
const DASH = 45
const ZERO = 48
