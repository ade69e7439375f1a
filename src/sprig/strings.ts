import { ValueBudget } from '../base/value-budget.ts'
import { sprint } from '../golang/format.ts'
import { fn, type GoFunction, variadic } from '../golang/function.ts'
import { quote } from '../golang/strconv.ts'
import { trimSpace } from '../golang/space.ts'
import { type GoInt, GoError, STRING_MAP, strings, type Value, withType } from '../golang/value.ts'
import { toText } from './cast.ts'
import { caseFunctions } from './string-case.ts'
import { cutFunctions } from './string-cuts.ts'
import { assertSize, joinTexts } from './string-size.ts'

/**
 * Gives the functions over text. Positions count bytes, as in Go.
 *
 * Source: Masterminds/sprig v3.3.0 strings.go, functions.go.
 */
export function stringFunctions(): Record<string, GoFunction> {
  return { ...plainFunctions(), ...splitFunctions(), ...caseFunctions(), ...cutFunctions() }
}

function plainFunctions(): Record<string, GoFunction> {
  const trimAll = fn(['string', 'string'], trimCharacters)
  return {
    toString: fn(['any'], (value: Value) => toText(value)),
    quote: variadic(['any'], (...values: Value[]) =>
      joined(values, (value, budget) => quote(toText(value, budget))),
    ),
    squote: variadic(['any'], (...values: Value[]) =>
      joined(values, (value, budget) => `'${sprint(value, budget)}'`),
    ),
    cat: variadic(['any'], (...values: Value[]) => joined(values, sprint)),
    trim: fn(['string'], trimSpace),
    trimAll,
    trimall: trimAll,
    trimPrefix: fn(['string', 'string'], (prefix: string, text: string) =>
      text.startsWith(prefix) ? text.slice(prefix.length) : text,
    ),
    trimSuffix: fn(['string', 'string'], (suffix: string, text: string) =>
      text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text,
    ),
    contains: fn(['string', 'string'], (part: string, text: string) => text.includes(part)),
    hasPrefix: fn(['string', 'string'], (prefix: string, text: string) => text.startsWith(prefix)),
    hasSuffix: fn(['string', 'string'], (suffix: string, text: string) => text.endsWith(suffix)),
    repeat: fn(['int', 'string'], (count: GoInt, text: string) => repeat(text, count)),
    indent: fn(['int', 'string'], indent),
    nindent: fn(['int', 'string'], (spaces: GoInt, text: string) => `\n${indent(spaces, text)}`),
    plural: fn(['string', 'string', 'int'], (one: string, many: string, count: GoInt) =>
      count.value === 1n ? one : many,
    ),
  }
}

/** The texts of all values but nil, with a blank between. */
function joined(values: Value[], print: (value: Value, budget: ValueBudget) => string): string {
  const budget = new ValueBudget()
  const only = values[0]
  if (values.length === 1 && only !== undefined) return only === null ? '' : print(only, budget)
  const present = values.filter((value) => value !== null)
  return joinTexts(
    present.map((value) => print(value, budget)),
    ' ',
  )
}

function trimCharacters(cutset: string, text: string): string {
  const unwanted = new Set(cutset)
  const characters = Array.from(text)
  let start = 0
  let end = characters.length
  while (start < end && unwanted.has(characters[start] ?? '')) start++
  while (end > start && unwanted.has(characters[end - 1] ?? '')) end--
  return characters.slice(start, end).join('')
}

function repeat(text: string, count: GoInt): string {
  if (count.value < 0n) throw new GoError('strings: negative Repeat count')
  const times = Number(count.value)
  assertSize(text.length * times)
  return text === '' ? '' : text.repeat(times)
}

function indent(spaces: GoInt, text: string): string {
  const padding = repeat(' ', spaces)
  if (!text.includes('\n')) return padding + text
  const lines = text.split('\n')
  assertSize(text.length + lines.length * padding.length)
  return padding + lines.join(`\n${padding}`)
}

function splitFunctions(): Record<string, GoFunction> {
  return {
    replace: fn(['string', 'string', 'string'], replace),
    splitList: fn(['string', 'string'], (separator: string, text: string) =>
      strings(split(text, separator)),
    ),
    split: fn(['string', 'string'], (separator: string, text: string) =>
      numbered(split(text, separator)),
    ),
    splitn: fn(['string', 'int', 'string'], (separator: string, count: GoInt, text: string) =>
      numbered(split(text, separator, Number(count.value))),
    ),
  }
}

/** An empty `old` stands before and after each character, as in Go's strings.Replace. */
function replace(old: string, replacement: string, text: string): string {
  if (old === '') {
    const characters = Array.from(text)
    assertSize(text.length + (characters.length + 1) * replacement.length)
    return replacement + characters.map((character) => character + replacement).join('')
  }
  if (!text.includes(old)) return text
  const pieces = text.split(old)
  assertSize(text.length + pieces.length * replacement.length)
  return pieces.join(replacement)
}

/**
 * Splits as Go's strings.SplitN: at most `most` pieces, the last with the rest; all when it
 * is negative, none when it is 0. An empty separator splits into characters.
 */
function split(text: string, separator: string, most = -1): string[] {
  if (most === 0) return []
  const pieces = separator === '' ? Array.from(text) : text.split(separator)
  if (most < 0 || pieces.length <= most) return pieces
  return [...pieces.slice(0, most - 1), pieces.slice(most - 1).join(separator)]
}

/** The pieces as a map from `_0`, `_1` and so on. */
function numbered(pieces: string[]): Value {
  const map = new Map<string, Value>()
  for (const [at, piece] of pieces.entries()) map.set(`_${at}`, piece)
  return withType(map, STRING_MAP)
}
