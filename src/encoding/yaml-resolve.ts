/*
 * What the text of a scalar stands for. The types are goyaml's: an int or uint64 is a
 * bigint, a float64 a number; infinities and NaN are still allowed here.
 *
 * Source: resolve.go of go.yaml.in/yaml/v2; YAML 1.2.2 section 10.3.2 for the core schema.
 */

import { isShortDecimal } from '../base/ascii.ts'

export type YamlDialect = 'helm' | 'core'

/** A scalar as goyaml types it; bigint is an integer, number a float64. */
export type YamlScalar = null | boolean | string | number | bigint

/** Resolves the text of a scalar without quotes and tags. */
export function resolvePlain(text: string, dialect: YamlDialect): YamlScalar {
  return dialect === 'helm' ? resolveHelm(text) : resolveCore(text)
}

/** The short tag of the type, as goyaml's error texts name it. */
export function tagOfScalar(value: YamlScalar): string {
  switch (typeof value) {
    case 'boolean':
      return '!!bool'
    case 'bigint':
      return '!!int'
    case 'number':
      return '!!float'
    case 'string':
      return '!!str'
    default:
      return '!!null'
  }
}

/** Whether text that starts with this character can be anything but a string in YAML 1.1. */
export function mayBeTyped(first: number): boolean {
  return first < 128 && HINTS.charCodeAt(first) === STAR
}

function resolveHelm(text: string): YamlScalar {
  if (text !== '' && !mayBeTyped(text.charCodeAt(0))) return text
  const word = WORDS.get(text)
  if (word !== undefined) return word
  const first = text.charCodeAt(0)
  if (first === DOT) return dotFloat(text)
  return first <= NINE ? resolveNumber(text) : text
}

/** Numbers that start with a digit or a sign; underscores anywhere behind do not count. */
function resolveNumber(text: string): YamlScalar {
  if (isShortDecimal(text)) return BigInt(text)
  // What has two points is a version or an address, and most of what comes here is.
  if (text.indexOf('.') !== text.lastIndexOf('.')) return text
  const plain = text.includes('_') ? text.replaceAll('_', '') : text
  const integer = resolveInteger(plain)
  if (integer !== undefined) return integer
  if (DECIMAL_FLOAT.test(plain)) {
    const value = Number(plain)
    if (Number.isFinite(value)) return value
  }
  return signedBinary(plain) ?? text
}

function resolveInteger(plain: string): bigint | undefined {
  const match = INTEGER.exec(plain)
  if (match === null) return undefined
  const [, sign, hexadecimal, binary, octal, zeroOctal, decimal] = match
  let value: bigint
  if (decimal !== undefined) value = BigInt(decimal)
  else if (hexadecimal !== undefined) value = BigInt(`0x${hexadecimal}`)
  else if (binary !== undefined) value = BigInt(`0b${binary}`)
  else value = BigInt(`0o${octal ?? zeroOctal ?? ''}0`) / 8n
  if (sign === '-') return value <= MAX_INT64 + 1n ? -value : undefined
  return value <= (sign === '+' ? MAX_INT64 : MAX_UINT64) ? value : undefined
}

/** Go's number parser also takes a sign behind `0b`. */
function signedBinary(plain: string): bigint | undefined {
  const match = /^0b([-+])([01]+)$/.exec(plain)
  if (match === null) return undefined
  const value = BigInt(`0b${match[2] ?? ''}`)
  if (match[1] === '-') return value <= MAX_INT64 + 1n ? -value : undefined
  return value <= MAX_INT64 ? value : undefined
}

function dotFloat(text: string): YamlScalar {
  if (!DOT_FLOAT.test(text)) return text
  const value = Number(text.replaceAll('_', ''))
  return Number.isFinite(value) ? value : text
}

function resolveCore(text: string): YamlScalar {
  const word = CORE_WORDS.get(text)
  if (word !== undefined) return word
  const first = text.charCodeAt(0)
  if (first > NINE || first < PLUS) return text
  if (CORE_INTEGER.test(text)) return coreInteger(text)
  if (DECIMAL_FLOAT.test(text)) return Number(text)
  return text
}

function coreInteger(text: string): YamlScalar {
  const digits = text.startsWith('+') ? text.slice(1) : text
  const value = digits.startsWith('-') ? -BigInt(digits.slice(1)) : BigInt(digits)
  return value <= MAX_INT64 && value >= -MAX_INT64 - 1n ? value : Number(value)
}

/** Whether the text is a date or a time as goyaml's `!!timestamp` accepts them. */
export function isTimestamp(text: string): boolean {
  if (text.charCodeAt(4) !== DASH) return false
  const match = TIMESTAMP.exec(text)
  if (match === null) return false
  const month = Number(match[2])
  const day = Number(match[3])
  if (month < 1 || month > 12 || day < 1) return false
  const daysOfMonth = new Date(Date.UTC(2000 + (Number(match[1]) % 400), month, 0)).getUTCDate()
  const [hour, minute, second] = match.slice(4).filter((part) => part !== undefined)
  return day <= daysOfMonth && !(Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
}

const PLUS = 43
const DASH = 45
const DOT = 46
const NINE = 57
const STAR = 42

const MAX_INT64 = 0x7fffffffffffffffn
const MAX_UINT64 = 0xffffffffffffffffn

/** A star for each ASCII character that the type of a scalar can hang on: `+-.0-9yYnNtTfFoO~`. */
const HINTS =
  '...........................................*.**.**********......' +
  '......*.......**....*....*............*.......**....*....*....*.'

const INTEGER =
  /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]([0-7]+)|0([0-7]*)|([1-9][0-9]*))$/
const DECIMAL_FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const DOT_FLOAT = /^\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?$/
const CORE_INTEGER = /^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$/
const TIMESTAMP =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[-+]\d\d:\d\d)| (\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?)?$/

type Word = null | boolean | number

const NULL_WORDS = ['', '~', 'null', 'Null', 'NULL']
const TRUE_WORDS = ['true', 'True', 'TRUE']
const FALSE_WORDS = ['false', 'False', 'FALSE']
const OLD_TRUE_WORDS = ['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']
const OLD_FALSE_WORDS = ['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']
const NOT_FINITE: ReadonlyArray<readonly [string, number]> = [
  ...(['.nan', '.NaN', '.NAN'] as const).map((word) => [word, Number.NaN] as const),
  ...(['.inf', '.Inf', '.INF'] as const).flatMap((word) => [
    [word, Infinity] as const,
    [`+${word}`, Infinity] as const,
    [`-${word}`, -Infinity] as const,
  ]),
]
const CORE_WORDS: ReadonlyMap<string, Word> = new Map<string, Word>([
  ...NULL_WORDS.map((word) => [word, null] as const),
  ...TRUE_WORDS.map((word) => [word, true] as const),
  ...FALSE_WORDS.map((word) => [word, false] as const),
  ...NOT_FINITE,
])
const WORDS: ReadonlyMap<string, Word> = new Map<string, Word>([
  ...CORE_WORDS,
  ...OLD_TRUE_WORDS.map((word) => [word, true] as const),
  ...OLD_FALSE_WORDS.map((word) => [word, false] as const),
])
