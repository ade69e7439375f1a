/*
 * Reads patterns of the part of Go's syntax that means the same to JavaScript once it is written
 * anew: characters, classes, groups, alternatives, repetitions, `^`, `$` and `\b`.
 *
 * Whatever is not surely of that part is not read: other flags and escapes, names, what is not
 * ASCII, and repetitions of what may be empty, where the two languages part.
 */

import { isDigit, isLetter } from '../base/ascii.ts'

/** A part of a pattern. */
export type Part = PartTraits &
  (
    | { kind: 'character' | 'edge'; source: string }
    | { kind: 'sequence' | 'choice'; parts: readonly Part[] }
    | { kind: 'group'; body: Part; isCapture: boolean }
    | { kind: 'repeat'; body: Part; least: number; most: number; isLazy: boolean }
  )

/** What is known of a part whatever its kind. */
interface PartTraits {
  /** Characters that it may begin with. */
  first: Chars
  /** Whether it may match without taking a character. */
  mayBeEmpty: boolean
  /** Whether it can match at the start of the text only. */
  isAtStart: boolean
  /** How many groups in it capture. */
  captures: number
}

/** Characters that may stand in a place: a bit for each of ASCII, and one for all others. */
export type Chars = bigint

/** @returns undefined for a pattern that is not surely of the part */
export function readPlainPattern(pattern: string): Part | undefined {
  if (pattern.length > LONGEST || NOT_ASCII.test(pattern)) return undefined
  const flags = pattern.startsWith('(?') ? /^\(\?([ms]+)\)/.exec(pattern) : null
  const reader: Reader = {
    pattern,
    at: flags?.[0].length ?? 0,
    depth: 0,
    isMultiline: flags?.[1]?.includes('m') === true,
    isDotAll: flags?.[1]?.includes('s') === true,
  }
  const part = readChoice(reader)
  return reader.at === pattern.length ? part : undefined
}

const LONGEST = 1000
const DEEPEST = 50
/** Go refuses to repeat more often. */
const MOST_TIMES = 1000
const NOT_ASCII = /[^\x00-\x7f]/

const ALL: Chars = (1n << 129n) - 1n
const NEWLINE = span('\n', '\n')
const DIGITS = span('0', '9')
const WORD = DIGITS | span('A', 'Z') | span('a', 'z') | span('_', '_')
const SPACE = span('\t', '\n') | span('\f', '\r') | span(' ', ' ')

/** What Go means by escapes of classes, and how to write it in a class of JavaScript. */
const CLASSES: Readonly<Record<string, { chars: Chars; source: string }>> = {
  d: { chars: DIGITS, source: '0-9' },
  D: { chars: ALL ^ DIGITS, source: String.raw`\D` },
  w: { chars: WORD, source: String.raw`\w` },
  W: { chars: ALL ^ WORD, source: String.raw`\W` },
  s: { chars: SPACE, source: String.raw`\t\n\f\r ` },
  S: { chars: ALL ^ SPACE, source: String.raw`\0-\x08\x0b\x0e-\x1f!-\u{10ffff}` },
}

const CONTROLS: Readonly<Record<string, string>> = {
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

interface Reader {
  readonly pattern: string
  at: number
  /** How many groups the reader is in. */
  depth: number
  readonly isMultiline: boolean
  readonly isDotAll: boolean
}

function readChoice(reader: Reader): Part | undefined {
  const options: Part[] = []
  do {
    const option = readSequence(reader)
    if (option === undefined) return undefined
    options.push(option)
  } while (take(reader, '|'))
  return options.length === 1 ? options[0] : choice(options)
}

function readSequence(reader: Reader): Part | undefined {
  const parts: Part[] = []
  while (reader.at < reader.pattern.length && !'|)'.includes(reader.pattern.charAt(reader.at))) {
    const start = reader.at
    const atom = readAtom(reader)
    const part = atom && readRepeat(reader, atom, start)
    if (part === undefined) return undefined
    parts.push(part)
  }
  return parts.length === 0 ? undefined : sequence(parts)
}

function readAtom(reader: Reader): Part | undefined {
  const char = reader.pattern.charAt(reader.at++)
  switch (char) {
    case '(':
      return readGroup(reader)
    case '[':
      return readClass(reader)
    case '\\':
      return readEscape(reader)
    case '.':
      return reader.isDotAll ? character(ALL, '[^]') : character(ALL ^ NEWLINE, String.raw`[^\n]`)
    case '^':
      return reader.isMultiline ? edge(String.raw`(?:^|(?<=\n))`) : edge('^')
    case '$':
      return reader.isMultiline ? edge(String.raw`(?:$|(?=\n))`) : edge('$')
    case '*':
    case '+':
    case '?':
      return undefined
    case '{':
      // Go takes it for itself where it begins no repetition.
      return /\d/.test(reader.pattern.charAt(reader.at)) ? undefined : literal(char)
    default:
      return literal(char)
  }
}

function readGroup(reader: Reader): Part | undefined {
  const isCapture = !take(reader, '?:')
  if ((isCapture && reader.pattern[reader.at] === '?') || ++reader.depth > DEEPEST) return undefined
  const body = readChoice(reader)
  reader.depth--
  if (body === undefined || !take(reader, ')')) return undefined
  return group(body, isCapture)
}

function readEscape(reader: Reader): Part | undefined {
  // Not so `\B`, which JavaScript also finds between the two halves of a character.
  if (take(reader, 'b')) return edge(String.raw`\b`)
  const known = takeClassEscape(reader)
  if (known !== undefined) return character(known.chars, `[${known.source}]`)
  const escaped = takeEscaped(reader)
  return escaped === undefined ? undefined : literal(escaped)
}

/** Reads a class as Go does, to which a hyphen that makes no range is one. */
function readClass(reader: Reader): Part | undefined {
  const { pattern } = reader
  const isNegated = take(reader, '^')
  let chars: Chars = 0n
  let source = ''
  for (let isFirst = true; isFirst || pattern[reader.at] !== ']'; isFirst = false) {
    const item = readClassItem(reader)
    if (item === undefined) return undefined
    chars |= item.chars
    source += item.source
  }
  reader.at++
  if (isNegated) return character(ALL ^ chars, `[^${source}]`)
  return character(chars, `[${source}]`)
}

function readClassItem(reader: Reader): { chars: Chars; source: string } | undefined {
  const { pattern } = reader
  if (pattern[reader.at] === '\\') {
    reader.at++
    const known = takeClassEscape(reader)
    if (known !== undefined) return known
    reader.at--
  }
  const low = takeClassCharacter(reader)
  if (low === undefined) return undefined
  if (pattern[reader.at] !== '-' || (pattern[reader.at + 1] ?? ']') === ']') {
    return { chars: span(low, low), source: written(low) }
  }
  reader.at++
  const high = takeClassCharacter(reader)
  if (high === undefined || high < low) return undefined
  return { chars: span(low, high), source: `${written(low)}-${written(high)}` }
}

/** `[` may begin a class by name, and `]` at the start is none of the end. */
function takeClassCharacter(reader: Reader): string | undefined {
  const char = reader.pattern.charAt(reader.at++)
  if (char === '\\') return takeEscaped(reader)
  return char === '' || char === '[' || char === ']' ? undefined : char
}

function takeClassEscape(reader: Reader): { chars: Chars; source: string } | undefined {
  const char = reader.pattern.charAt(reader.at)
  const known = Object.hasOwn(CLASSES, char) ? CLASSES[char] : undefined
  if (known !== undefined) reader.at++
  return known
}

function takeEscaped(reader: Reader): string | undefined {
  const char = reader.pattern.charAt(reader.at++)
  if (Object.hasOwn(CONTROLS, char)) return CONTROLS[char]
  const unit = char.charCodeAt(0)
  return char === '' || isLetter(unit) || isDigit(unit) ? undefined : char
}

const TIMES = /\*|\+|\?|\{(0|[1-9]\d{0,3})(,(0|[1-9]\d{0,3})?)?\}/y

/** @param start where what may be repeated began */
function readRepeat(reader: Reader, body: Part, start: number): Part | undefined {
  if (!isRepeat(reader)) return body
  TIMES.lastIndex = reader.at
  const match = TIMES.exec(reader.pattern)
  if (match === null) return body
  reader.at = TIMES.lastIndex
  const isLazy = take(reader, '?')
  const { least, most } = timesOf(match)
  const isAgain = isRepeat(reader)
  const isSize = most > 0 && least <= most && (most <= MOST_TIMES || most === Infinity)
  if (isAgain || !isSize || least > MOST_TIMES || body.mayBeEmpty) return undefined
  // Go refuses too many repetitions of repetitions.
  const isCounted = match[1] !== undefined
  if (isCounted && reader.pattern.slice(start, match.index).includes('{')) return undefined
  const { first, captures } = body
  const traits = { first, mayBeEmpty: least === 0, isAtStart: false, captures }
  return { kind: 'repeat', body, least, most, isLazy, ...traits }
}

/** Whether what stands here may say how often something comes. */
function isRepeat({ pattern, at }: Reader): boolean {
  return at < pattern.length && '*+?{'.includes(pattern.charAt(at))
}

function timesOf([sign, least = '', comma, most]: RegExpExecArray): {
  least: number
  most: number
} {
  if (sign === '*') return { least: 0, most: Infinity }
  if (sign === '+') return { least: 1, most: Infinity }
  if (sign === '?') return { least: 0, most: 1 }
  if (comma === undefined) return { least: Number(least), most: Number(least) }
  return { least: Number(least), most: most === undefined ? Infinity : Number(most) }
}

function take(reader: Reader, text: string): boolean {
  if (!reader.pattern.startsWith(text, reader.at)) return false
  reader.at += text.length
  return true
}

function sequence(parts: readonly Part[]): Part {
  let first: Chars = 0n
  let mayBeEmpty = true
  for (const part of parts) {
    if (mayBeEmpty) first |= part.first
    mayBeEmpty &&= part.mayBeEmpty
  }
  const isAtStart = parts[0]?.isAtStart === true
  return { kind: 'sequence', parts, first, mayBeEmpty, isAtStart, captures: capturesOf(parts) }
}

function choice(parts: readonly Part[]): Part {
  return {
    kind: 'choice',
    parts,
    first: parts.reduce((first, part) => first | part.first, 0n),
    mayBeEmpty: parts.some((part) => part.mayBeEmpty),
    isAtStart: parts.every((part) => part.isAtStart),
    captures: capturesOf(parts),
  }
}

function capturesOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { captures }) => sum + captures, 0)
}

function group(body: Part, isCapture: boolean): Part {
  const { first, mayBeEmpty, isAtStart } = body
  const captures = body.captures + (isCapture ? 1 : 0)
  return { kind: 'group', body, isCapture, first, mayBeEmpty, isAtStart, captures }
}

function edge(source: string): Part {
  const isAtStart = source === '^'
  return { kind: 'edge', source, first: 0n, mayBeEmpty: true, isAtStart, captures: 0 }
}

function character(first: Chars, source: string): Part {
  return { kind: 'character', source, first, mayBeEmpty: false, isAtStart: false, captures: 0 }
}

function literal(char: string): Part {
  return character(span(char, char), written(char))
}

function written(char: string): string {
  if (/[A-Za-z0-9]/.test(char)) return char
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
}

function span(low: string, high: string): Chars {
  const from = low.charCodeAt(0)
  return ((1n << BigInt(high.charCodeAt(0) - from + 1)) - 1n) << BigInt(from)
}
