/*
 * Go strings are bytes; ours are JavaScript strings that can hold any bytes.
 *
 * Valid UTF-8 is kept as the characters it spells. A byte that is no part of valid UTF-8
 * is kept as the lone surrogate U+DC00 + byte (U+DC80 to U+DCFF). `toBytes` gives exactly
 * the bytes back; lengths and cuts count bytes, as Go does.
 */

const LONE_BYTE = /[\uDC80-\uDCFF]/
const NOT_ASCII = /[^\x00-\x7f]/

/** Whether every character is one byte, so that character and byte offsets agree. */
export function isAscii(text: string): boolean {
  return !NOT_ASCII.test(text)
}

/** Number of bytes; what Go's `len` gives. */
export function byteLength(text: string): number {
  if (isAscii(text)) return text.length
  return LONE_BYTE.test(text) ? toBytes(text).length : Buffer.byteLength(text)
}

/** The bytes that the string stands for. */
export function toBytes(text: string): Buffer {
  if (!LONE_BYTE.test(text)) return Buffer.from(text, 'utf8')
  const parts: Buffer[] = []
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(at + 1))) at++
    else if (unit >= 0xdc80 && unit <= 0xdcff) {
      parts.push(Buffer.from(text.slice(start, at), 'utf8'), Buffer.of(unit - 0xdc00))
      start = at + 1
    }
  }
  parts.push(Buffer.from(text.slice(start), 'utf8'))
  return Buffer.concat(parts)
}

/** UTF-16 units. */
const PIECE = 65_536

/**
 * Gives the bytes of `toBytes` piece by piece, so that those of a long text never take memory all
 * at once. A piece holds until the next one is asked for.
 */
export function* pieces(text: string): Generator<Uint8Array> {
  // A character of one unit takes three bytes at most, one of two units takes four.
  const buffer = Buffer.allocUnsafe(3 * Math.min(PIECE + 1, text.length))
  let at = 0
  while (at < text.length) {
    const most = at + PIECE
    const end = isHighSurrogate(text.charCodeAt(most)) ? most : most + 1
    const piece = text.slice(at, end)
    yield LONE_BYTE.test(piece) ? toBytes(piece) : buffer.subarray(0, buffer.write(piece))
    at = end
  }
}

/** The string that stands for the bytes; `toBytes` turned round. */
export function fromBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = buffer.toString('utf8')
  if (!text.includes('\uFFFD')) return text
  return fromInvalidUtf8(buffer)
}

/** Bytes `start` (counted from 0) to before `end` of the string, which may cut a character. */
export function sliceBytes(text: string, start: number, end?: number): string {
  if (isAscii(text)) return text.slice(start, end)
  return fromBytes(toBytes(text).subarray(start, end))
}

/** The runes of the string as Go's `range` sees them: an invalid byte gives U+FFFD. */
export function runes(text: string): number[] {
  const found: number[] = []
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0
    found.push(point >= 0xd800 && point <= 0xdfff ? 0xfffd : point)
  }
  return found
}

function fromInvalidUtf8(buffer: Buffer): string {
  let text = ''
  let start = 0
  let at = 0
  while (at < buffer.length) {
    const size = sizeOfCharacter(buffer, at)
    if (size === 0) {
      text += buffer.toString('utf8', start, at) + String.fromCharCode(0xdc00 + (buffer[at] ?? 0))
      start = at + 1
    }
    at += Math.max(size, 1)
  }
  return text + buffer.toString('utf8', start)
}

/** Bytes of the UTF-8 character at `at`; 0 where there is none (Unicode 15, table 3-7). */
function sizeOfCharacter(buffer: Buffer, at: number): number {
  const first = buffer[at] ?? 0
  if (first < 0x80) return 1
  if (first < 0xc2 || first > 0xf4) return 0
  const [low, high] = secondBytes(first)
  const second = buffer[at + 1] ?? 0
  if (second < low || second > high) return 0
  const size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  for (let next = 2; next < size; next++) {
    if (((buffer[at + next] ?? 0) & 0xc0) !== 0x80) return 0
  }
  return size
}

/** Bounds of the byte after the first: no overlong forms, no surrogates, none above U+10FFFF. */
function secondBytes(first: number): [low: number, high: number] {
  if (first === 0xe0) return [0xa0, 0xbf]
  if (first === 0xed) return [0x80, 0x9f]
  if (first === 0xf0) return [0x90, 0xbf]
  if (first === 0xf4) return [0x80, 0x8f]
  return [0x80, 0xbf]
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}
