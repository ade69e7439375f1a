import { byteLength, fromBytes, isAscii, toBytes } from '../golang/bytes.ts'
import { fn, type GoFunction } from '../golang/function.ts'
import type { GoInt } from '../golang/value.ts'
import { boundsError } from './cast.ts'

/**
 * Gives the functions that cut text by bytes and may cut a character in two.
 *
 * Charts that shorten names to 63 bytes rely on it.
 *
 * Source: Masterminds/sprig v3.3.0 strings.go; Masterminds/goutils v1.1.1.
 */
export function cutFunctions(): Record<string, GoFunction> {
  return {
    trunc: fn(['int', 'string'], (count: GoInt, text: string) => trunc(Number(count.value), text)),
    substr: fn(['int', 'int', 'string'], (start: GoInt, end: GoInt, text: string) =>
      onBytes(text, (bytes) => substr(bytes, Number(start.value), Number(end.value))),
    ),
    abbrev: fn(['int', 'string'], (width: GoInt, text: string) =>
      abbreviate(text, 0, Number(width.value)),
    ),
    abbrevboth: fn(['int', 'int', 'string'], (left: GoInt, right: GoInt, text: string) =>
      abbreviate(text, Number(left.value), Number(right.value)),
    ),
    wrap: fn(['int', 'string'], (width: GoInt, text: string) =>
      wrap(text, { width: Number(width.value), lineEnd: '\n', breaksWords: false }),
    ),
    wrapWith: fn(['int', 'string', 'string'], (width: GoInt, lineEnd: string, text: string) =>
      wrap(text, { width: Number(width.value), lineEnd: lineEnd || '\n', breaksWords: true }),
    ),
  }
}

/** Keeps the first `count` bytes, or for a negative `count` the last. */
function trunc(count: number, text: string): string {
  const length = byteLength(text)
  if (count < 0) return length + count > 0 ? onBytes(text, (b) => b.slice(length + count)) : text
  return length > count ? onBytes(text, (bytes) => bytes.slice(0, count)) : text
}

/** Runs `cut` on a text with one character for each byte. */
function onBytes(text: string, cut: (bytes: string) => string): string {
  return isAscii(text) ? cut(text) : onAllBytes(text, cut)
}

function onAllBytes(text: string, cut: (bytes: string) => string): string {
  return fromBytes(Buffer.from(cut(toBytes(text).toString('latin1')), 'latin1'))
}

function substr(bytes: string, start: number, end: number): string {
  const { length } = bytes
  if (start < 0) {
    if (end < 0) throw boundsError(`[:${end}]`)
    if (end > length) throw boundsError(`[:${end}] with length ${length}`)
    return bytes.slice(0, end)
  }
  if (end < 0 || end > length) {
    if (start > length) throw boundsError(`[${start}:${length}]`)
    return bytes.slice(start)
  }
  if (start > end) throw boundsError(`[${start}:${end}]`)
  return bytes.slice(start, end)
}

/** Leaves text as it is when there is no room for the dots. */
function abbreviate(text: string, left: number, width: number): string {
  if (width < 4 || (left > 0 && width < 7)) return text
  return onBytes(text, (bytes) => withDots(bytes, left, width))
}

function withDots(bytes: string, left: number, width: number): string {
  if (bytes.length <= width) return bytes
  const room = width - 3
  const start = Math.min(left, bytes.length - room)
  if (start <= 4) return `${bytes.slice(0, room)}...`
  if (start + room < bytes.length) return `...${withDots(bytes.slice(start), 0, room)}`
  return `...${bytes.slice(-room)}`
}

interface Wrapping {
  readonly width: number
  readonly lineEnd: string
  /** Whether a word longer than a line is broken; else it stays whole. */
  readonly breaksWords: boolean
}

/** Breaks lines at blanks after at most `width` bytes; leading blanks of a line go. */
function wrap(text: string, { width, lineEnd, breaksWords }: Wrapping): string {
  const limit = Math.max(width, 1)
  const end = toBytes(lineEnd).toString('latin1')
  const cut = (bytes: string): string => {
    const lines: string[] = []
    let at = 0
    while (bytes.length - at > limit) {
      if (bytes[at] === ' ') {
        at++
        continue
      }
      const line = lineAt(bytes, at, limit, breaksWords)
      lines.push(line.text)
      at = line.next
      if (line.isLast) return lines.join(end)
    }
    return [...lines, bytes.slice(at)].join(end)
  }
  return isAscii(lineEnd) ? onBytes(text, cut) : onAllBytes(text, cut)
}

interface Line {
  readonly text: string
  readonly next: number
  readonly isLast?: boolean
}

function lineAt(bytes: string, start: number, limit: number, breaksWords: boolean): Line {
  const blank = bytes.lastIndexOf(' ', start + limit)
  if (blank >= start) return { text: bytes.slice(start, blank), next: blank + 1 }
  const next = start + limit
  if (breaksWords) return { text: bytes.slice(start, next), next }
  const later = bytes.indexOf(' ', next)
  if (later < 0) return { text: bytes.slice(start), next: bytes.length, isLast: true }
  return { text: bytes.slice(start, later), next: later + 1 }
}
