import { decodeYamlPlain } from '../encoding/yaml-decode.ts'
import { YamlError } from '../encoding/yaml-error.ts'
import { mayBeTyped, resolvePlain } from '../encoding/yaml-resolve.ts'
import { giveUp, textOf, type Lines } from './lines.ts'

/*
 * Values of block maps as Helm and most programs write them, read from lines. Each function
 * starts on the line of the value's key and ends on the first line behind the value. What is
 * written otherwise is given up.
 */

/**
 * Reads text: plain, quoted or in a block.
 *
 * @param at the column behind the key and its colon
 * @param column where the key, or the dash of the item, stands
 */
export function readText(lines: Lines, at: number, column: number): string {
  const from = lines.wordFrom(at)
  if (from < 0) return readNothing(lines, column)
  switch (lines.at(from)) {
    case '"':
    case "'":
      return readQuoted(lines, from, column)
    case '|':
    case '>':
      return decoded(takeBlock(lines, from, column))
    default:
      return readPlain(lines, from, column)
  }
}

/** Reads a list of texts, an item a line or longer. */
export function readTexts(lines: Lines, at: number, column: number): string[] {
  const isNested = lines.wordFrom(at) < 0
  if (!isNested && lines.trimmed(at).trimStart() !== '[]') giveUp()
  lines.next()
  if (!isNested) return []
  const items: string[] = []
  const dash = lines.indent
  if (dash < column) return items
  while (lines.indent === dash && lines.startsWith('- ')) {
    items.push(readText(lines, dash + 2, dash))
    if (items.at(-1) === '') giveUp()
  }
  if (lines.indent > column || lines.isBlank) giveUp()
  return items
}

/** @param isOutermost whether it stands no deeper than the first line of the value */
export type OnLine = (text: string, isOutermost: boolean) => void

/**
 * Goes past a value of any kind.
 *
 * @param onLine told of the lines in which keys and items of the value begin
 */
export function skipValue(
  lines: Lines,
  at: number,
  { column, onLine }: { column: number; onLine?: OnLine },
): void {
  const isNested = lines.wordFrom(at) < 0
  skipScalar(lines, at, column)
  const outermost = lines.indent
  while (!lines.isEnd) {
    const isOurs =
      lines.isBlank ||
      lines.indent > column ||
      (isNested && column > 0 && lines.indent === column && lines.startsWith('- '))
    if (!isOurs) return
    if (!isNested && !lines.isBlank) giveUp()
    if (lines.isBlank) lines.next()
    else {
      if (onLine !== undefined) onLine(lines.from(lines.indent), lines.indent === outermost)
      skipLine(lines)
    }
  }
}

/** Nothing behind the key is null, which leaves a text empty; deeper lines would be its value. */
function readNothing(lines: Lines, column: number): string {
  lines.next()
  if (lines.indent > column || lines.isBlank) giveUp()
  return ''
}

const INDICATOR = /^[&*!%@`?{}[\],#]|^- |^-$|: |:$| #|[\x00-\x1f\x7f]/

function readPlain(lines: Lines, from: number, column: number): string {
  const isPlain = lines.isPlain(from)
  let value = lines.trimmed(from)
  if (!isPlain && INDICATOR.test(value)) giveUp()
  lines.next()
  const isLonger = lines.indent > column && !lines.isBlank
  if (isLonger) value += moreOf(lines, column)
  if (lines.isBlank) giveUp()
  if (mayBeTyped(value.charCodeAt(0)) && typeof resolvePlain(value, 'helm') !== 'string') giveUp()
  return isPlain && !isLonger ? value : textOf(value)
}

/** The lines that plain text goes on in, each behind a blank. */
function moreOf(lines: Lines, column: number): string {
  let more = ''
  while (lines.indent > column && !lines.isBlank) {
    const line = lines.trimmed(lines.indent)
    if (INDICATOR.test(line)) giveUp()
    more += ` ${line}`
    lines.next()
  }
  return more
}

const ODD_IN_QUOTES = /[\\\x00-\x1f\x7f]/

function readQuoted(lines: Lines, from: number, column: number): string {
  const value = lines.trimmed(from)
  const isSimple =
    value.indexOf(lines.at(from), 1) === value.length - 1 && !ODD_IN_QUOTES.test(value)
  if (!isSimple) return decoded(takeQuoted(lines, from, column))
  lines.next()
  return textOf(value.slice(1, -1))
}

function decoded(yaml: string): string {
  try {
    const value = decodeYamlPlain(textOf(`x: ${yaml}\n`), { dialect: 'helm' })
    const text = (value as { x?: unknown }).x
    return typeof text === 'string' ? text : giveUp()
  } catch (error) {
    if (error instanceof YamlError) return giveUp()
    throw error
  }
}

/** Takes a quoted text with the lines it goes on in; nothing but blanks may follow it. */
function takeQuoted(lines: Lines, from: number, column: number): string {
  const first = lines.from(from)
  let taken = first
  for (let at = 1, line = first; ; at = 0) {
    const end = closingQuote(line, at, first[0] ?? '')
    if (end >= 0) {
      if (line.slice(end + 1).trim() !== '') giveUp()
      lines.next()
      return taken
    }
    lines.next()
    if (lines.isEnd || (!lines.isBlank && lines.indent <= column)) giveUp()
    line = lines.line
    taken += `\n${line}`
  }
}

function closingQuote(line: string, from: number, quote: string): number {
  for (let at = from; at < line.length; at++) {
    const character = line[at]
    if (character === '\\' && quote === '"') at++
    else if (character === quote) {
      if (quote === '"' || line[at + 1] !== quote) return at
      at++
    }
  }
  return -1
}

/** Takes a block text: all lines that are deeper than its key. */
function takeBlock(lines: Lines, from: number, column: number): string {
  let taken = lines.from(from)
  lines.next()
  while (!lines.isEnd && (lines.isBlank || lines.indent > column)) {
    taken += `\n${lines.line}`
    lines.next()
  }
  return taken
}

/** Goes past what stands behind a key, and the lines that it goes on in. */
function skipScalar(lines: Lines, at: number, column: number): void {
  const from = lines.wordFrom(at)
  if (from < 0) return lines.next()
  switch (lines.at(from)) {
    case '"':
    case "'":
      takeQuoted(lines, from, column)
      return
    case '|':
    case '>':
      skipBlock(lines, column)
      return
    case '[':
    case '{':
      if (!/^(?:\[[^[\]{}"'#]*\]|\{[^[\]{}"'#]*\}) *$/.test(lines.from(from))) giveUp()
      lines.next()
      return
    default:
      skipPlain(lines, from, column)
  }
}

function skipBlock(lines: Lines, column: number): void {
  do lines.next()
  while (!lines.isEnd && (lines.isBlank || lines.indent > column))
}

/** As `readPlain`, but for the type and the bytes. */
function skipPlain(lines: Lines, from: number, column: number): void {
  if (!lines.isPlain(from) && INDICATOR.test(lines.from(from))) giveUp()
  lines.next()
  if (lines.indent > column && !lines.isBlank) moreOf(lines, column)
}

const KEY = /^(?:[\w./$-]+|"[^"\\]*"|'[^']*'):(?= |$)/

/** Goes past a line inside a value, and past what begins in it. */
function skipLine(lines: Lines): void {
  if (lines.isWords()) return lines.next()
  const { line } = lines
  let column = lines.indent
  if (line.startsWith('\t', column)) giveUp()
  while (line.startsWith('- ', column)) column += 2
  const text = line.slice(column)
  if (text === '-') giveUp()
  const key = KEY.exec(text)?.[0]
  if (key !== undefined) return skipScalar(lines, column + key.length, column)
  if (column === lines.indent) giveUp()
  skipScalar(lines, column, column - 2)
}
