import { fromBytes } from '../golang/bytes.ts'

const SIMPLE = /^"[^"\\\n\uD800-\uDFFF]*"$/
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))/y
const CONTROLS: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/**
 * Reads a Go string literal, in double quotes or backquotes.
 *
 * @returns undefined where the literal is malformed
 *
 * Source: Go's `strconv.Unquote`.
 */
export function unquote(literal: string): string | undefined {
  if (SIMPLE.test(literal)) return literal.slice(1, -1)
  if (literal.startsWith('`')) return literal.slice(1, -1).replaceAll('\r', '')
  const parts: Uint8Array[] = []
  const end = literal.length - 1
  for (let at = 1; at < end;) {
    const part = readCharacter(literal, at, '"')
    if (part === undefined) return undefined
    parts.push(part.bytes)
    at = part.end
  }
  return fromBytes(Buffer.concat(parts))
}

/**
 * Reads a Go character constant in single quotes.
 *
 * @returns the code point; `rest` is what stands behind the character, `'` when all is well
 *
 * Source: Go's `strconv.UnquoteChar`.
 */
export function unquoteChar(literal: string): { point: number; rest: string } | undefined {
  const part = readCharacter(literal, 1, "'")
  return part && { point: part.point, rest: literal.slice(part.end) }
}

interface Character {
  point: number
  bytes: Uint8Array
  end: number
}

function readCharacter(literal: string, at: number, mark: string): Character | undefined {
  const point = literal.codePointAt(at)
  if (point === undefined || literal[at] === mark || literal[at] === '\n') return undefined
  if (literal[at] === '\\') return readEscape(literal, at, mark)
  if (point >= 0xdc80 && point <= 0xdcff) {
    return { point: 0xfffd, bytes: Uint8Array.of(point - 0xdc00), end: at + 1 }
  }
  const text = String.fromCodePoint(point)
  return { point, bytes: Buffer.from(text), end: at + text.length }
}

function readEscape(literal: string, at: number, mark: string): Character | undefined {
  const letter = literal.charAt(at + 1)
  if (letter === mark || letter === '\\' || Object.hasOwn(CONTROLS, letter)) {
    const text = CONTROLS[letter] ?? letter
    return { point: text.charCodeAt(0), bytes: Buffer.from(text), end: at + 2 }
  }
  ESCAPE.lastIndex = at
  const found = ESCAPE.exec(literal)
  if (found === null) return undefined
  const [whole, byte, short, long, octal] = found
  const end = at + whole.length
  if (byte !== undefined) return byteCharacter(Number.parseInt(byte, 16), end)
  if (octal !== undefined) return byteCharacter(Number.parseInt(octal, 8), end)
  return pointCharacter(Number.parseInt(short ?? long ?? '', 16), end)
}

function byteCharacter(byte: number, end: number): Character | undefined {
  return byte > 255 ? undefined : { point: byte, bytes: Uint8Array.of(byte), end }
}

function pointCharacter(point: number, end: number): Character | undefined {
  if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return undefined
  return { point, bytes: Buffer.from(String.fromCodePoint(point)), end }
}
