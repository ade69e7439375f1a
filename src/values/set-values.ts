import { GoError, int64, type Value } from '../golang/value.ts'
import { atoi, parseInt } from '../golang/strconv.ts'
import { decodeJson } from '../encoding/json.ts'
import type { Runes } from './runes.ts'

/** What reading a value gave; `ended` when the expression ended before it began. */
export interface Reading {
  value: Value
  ended: boolean
}

/** The kinds of expression that differ in how keys and values are read. */
export interface Grammar {
  /** Characters that end a key. */
  keyStops: string
  /** Whether a backslash quotes the next character of a key. */
  escapes: boolean
  /** Reads what follows `=`. */
  readValue: (input: Runes) => Reading
}

/** Turns the text of a scalar into a value. */
export type ScalarReader = (text: string) => Value

/** The grammar of `--set`, `--set-string` and `--set-file`, which differ in their scalars. */
export function listGrammar(readScalar: ScalarReader): Grammar {
  return {
    keyStops: '=[,.',
    escapes: true,
    readValue: (input) => readListOrScalar(input, readScalar),
  }
}

/** The grammar of `--set-literal`: the rest of the expression is the value, as it stands. */
export const LITERAL: Grammar = {
  keyStops: '=[.',
  escapes: false,
  readValue: (input) => ({ value: input.until('', false).text, ended: false }),
}

/** The grammar of `--set-json`: JSON values, with commas between the pairs. */
export const JSON_VALUES: Grammar = { keyStops: '=[,.', escapes: true, readValue: readJsonValue }

/**
 * Gives a scalar of `--set` its type: booleans and null in any case, integers that do not
 * begin with 0, else text.
 *
 * Source: Helm 4.1.4 pkg/strvals/parser.go, `typedVal`.
 */
export function typedScalar(text: string): Value {
  if (/^true$/iu.test(text)) return true
  if (/^false$/iu.test(text)) return false
  if (/^null$/iu.test(text)) return null
  if (text === '0') return int64(0)
  return INTEGER.test(text) ? integerOrText(text) : text
}

/** The index between brackets; undefined when the expression ends before the bracket does. */
export function readIndex(input: Runes, escapes: boolean): number | undefined {
  const { text, stop } = input.until(']', escapes)
  if (stop === undefined) return undefined
  try {
    return Number(atoi(text))
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    throw new GoError(`error parsing index: ${error.message}`)
  }
}

const INTEGER = /^[+-]?\d+$/

function integerOrText(text: string): Value {
  if (text.startsWith('0')) return text
  try {
    return int64(parseInt(text))
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    return text
  }
}

function readListOrScalar(input: Runes, readScalar: ScalarReader): Reading {
  if (input.isAtEnd) return { value: '', ended: true }
  if (input.peek() !== '{') {
    return { value: readScalar(input.until(',', true).text), ended: false }
  }
  input.skip(1)
  const items: Value[] = []
  for (;;) {
    const { text, stop } = input.until(',}', true)
    if (stop === undefined) throw new GoError("list must terminate with '}'")
    items.push(readScalar(text))
    if (stop === ',') continue
    if (input.peek() === ',') input.skip(1)
    return { value: items, ended: false }
  }
}

function readJsonValue(input: Runes): Reading {
  if (skipEmptyValue(input)) return { value: null, ended: false }
  const { rest } = input
  const text = rest.slice(0, jsonValueLength(rest))
  const value = decodeJson(text)
  input.skip(text.length)
  skipEmptyValue(input)
  return { value, ended: false }
}

/** Skips blanks and one comma; true when there was a comma or the end, so no value. */
function skipEmptyValue(input: Runes): boolean {
  for (;;) {
    const character = input.peek()
    if (character === undefined) return true
    if (character !== ',' && !SPACE.test(character)) return false
    input.skip(character.length)
    if (character === ',') return true
  }
}

/** Go's `unicode.IsSpace`. */
const SPACE = /[\t\n\v\f\r \u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]/

/** Length of the JSON value at the start, as far as a decoder of a stream would read. */
function jsonValueLength(text: string): number {
  const literal = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/.exec(text)
  if (literal !== null) return literal[0].length
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') at = endOfString(text, at)
    else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') depth--
    if (depth <= 0) return at + 1
  }
  return text.length
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}
