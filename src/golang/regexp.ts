/*
 * Go's regexp package over re2js, which has RE2's syntax and runs in linear time.
 *
 * What re2js leaves to its callers are Go's rules on empty matches, on `$name` in a
 * replacement and on splitting. Offsets are in UTF-16 units. Plain patterns run on JavaScript's own
 * engine, which spares most charts the loading of re2js; see regexp-native.ts.
 */

import { requirePackage } from '../base/lazy.ts'
import { writeNativePattern } from './regexp-native.ts'
import { GoError } from './value.ts'

/** A compiled pattern. */
export interface Regexp {
  /** The pattern as it was given. */
  readonly source: string
  /** Names of the groups, by number; empty for those without one. */
  readonly names: readonly string[]
  readonly test: (text: string) => boolean
  /**
   * Finds the first match from an offset on: starts and ends of the match and its groups by
   * turns, −1 for a group that took no part.
   */
  readonly exec: (text: string, from: number) => readonly number[] | undefined
}

/**
 * Compiles a pattern of Go's syntax; compiled patterns are kept.
 *
 * @throws GoError with Go's text
 */
export function compileRegexp(pattern: string): Regexp {
  const known = compiled.get(pattern)
  if (known !== undefined) return known
  assertUtf8(pattern)
  const regexp = compileNative(pattern) ?? compileRe2(pattern)
  if (compiled.size >= MOST_KEPT) compiled.clear()
  compiled.set(pattern, regexp)
  return regexp
}

/** Refuses bytes that are no UTF-8, which are lone surrogates here. */
function assertUtf8(pattern: string): void {
  const at = pattern.search(/[\ud800-\udfff]/u)
  if (at < 0) return
  throw new GoError(`error parsing regexp: invalid UTF-8: \`${pattern.slice(at)}\``)
}

/** Finds the first match; empty if there is none. */
export function findFirst(regexp: Regexp, text: string): string {
  const [start, end] = regexp.exec(text, 0) ?? []
  return text.slice(start ?? 0, end ?? 0)
}

/** Finds all matches, or the first `limit`; undefined if there are none, as Go's nil. */
export function findAll(regexp: Regexp, text: string, limit: number): string[] | undefined {
  const matches = findSpans(regexp, text, limit)
  return matches.length === 0 ? undefined : matches.map(([start, end]) => text.slice(start, end))
}

/** Replaces all matches; `$1`, `$name` and `${name}` stand for groups, `$$` for a dollar. */
export function replaceAll(regexp: Regexp, text: string, template: string): string {
  if (!template.includes('$')) return replaceAllLiteral(regexp, text, template)
  return replace(regexp, text, (match) => expand(regexp, text, match, template))
}

/** Replaces all matches with the same text. */
export function replaceAllLiteral(regexp: Regexp, text: string, by: string): string {
  return replace(regexp, text, () => by)
}

/** Splits text at the matches into at most `limit` parts; undefined for 0, as Go's nil. */
export function splitAt(regexp: Regexp, text: string, limit: number): string[] | undefined {
  if (limit === 0) return undefined
  if (text === '' && regexp.source !== '') return ['']
  const parts: string[] = []
  let start = 0
  let end = 0
  for (const span of findSpans(regexp, text, limit)) {
    if (limit > 0 && parts.length === limit - 1) break
    end = span[0]
    if (span[1] !== 0) parts.push(text.slice(start, end))
    start = span[1]
  }
  if (end !== text.length) parts.push(text.slice(start))
  return parts
}

/** Escapes all characters that mean something in a pattern. */
export function quoteMeta(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^$]/g, '\\$&')
}

const MOST_KEPT = 1000
const compiled = new Map<string, Regexp>()

/**
 * Compiles a pattern for JavaScript's own engine, where that gives the same matches and cannot take
 * long; longer texts are left to re2js.
 */
function compileNative(pattern: string): Regexp | undefined {
  const plain = writeNativePattern(pattern)
  if (plain === undefined) return undefined
  const { literal, longestText } = plain
  const native = new RegExp(plain.source, plain.captures > 0 ? 'dgu' : 'gu')
  let re2: Regexp | undefined
  const find = (text: string, from: number): RegExpExecArray | null => {
    native.lastIndex = from
    return native.exec(text)
  }
  return {
    source: pattern,
    names: Array.from({ length: plain.captures + 1 }, () => ''),
    test: (text) => {
      if (!text.includes(literal)) return false
      if (text.length > longestText) return (re2 ??= compileRe2(pattern)).test(text)
      return find(text, 0) !== null
    },
    exec: (text, from) => {
      if (!text.includes(literal, from)) return undefined
      if (text.length > longestText) return (re2 ??= compileRe2(pattern)).exec(text, from)
      const match = find(text, from)
      if (match === null) return undefined
      if (match.indices !== undefined) return match.indices.flatMap((span) => span ?? [-1, -1])
      return [match.index, match.index + match[0].length]
    },
  }
}

function compileRe2(pattern: string): Regexp {
  const { RE2JS, RE2JSException } = requirePackage('re2js') as typeof import('re2js')
  try {
    const { source, names } = withUniqueNames(pattern)
    const re2 = RE2JS.compile(source)
    for (const [name, group] of Object.entries(re2.namedGroups())) names[group] ??= name
    const all = Array.from({ length: re2.groupCount() + 1 }, (_, group) => names[group] ?? '')
    return {
      source: pattern,
      names: all,
      test: (text) => re2.test(text),
      exec: (text, from) => {
        const matcher = re2.matcher(text)
        if (!matcher.find(from)) return undefined
        return all.flatMap((_, group) => [matcher.start(group), matcher.end(group)])
      },
    }
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    throw new GoError(syntaxError(error.message))
  }
}

/** Go lets two groups have one name, which re2js refuses; the later ones lose theirs. */
function withUniqueNames(pattern: string): { source: string; names: string[] } {
  const names: string[] = []
  if (!/\(\?P?<\w/.test(pattern)) return { source: pattern, names }
  const seen = new Set<string>()
  let group = 0
  const source = pattern.replaceAll(TOKEN, (token: string, name: string | undefined) => {
    if (token.startsWith('\\') || token.startsWith('[')) return token
    if (token === '(?') return token
    group++
    if (name === undefined) return token
    names[group] = name
    if (!seen.has(name)) {
      seen.add(name)
      return token
    }
    return '('
  })
  return { source, names }
}

/** An escape, a class, a group with a name, another `(?`, a plain group. */
const TOKEN =
  /\\Q[^]*?(?:\\E|$)|\\[^]|\[\^?\]?(?:\[:\^?\w+:\]|\\[^]|[^\]\\])*\]|\(\?P?<(\w+)>|\(\?|\(/g

function syntaxError(message: string): string {
  return message.endsWith('trailing backslash at end of expression') ? `${message}: \`\`` : message
}

type Span = readonly [start: number, end: number]

/** All matches by Go's rule: none that is empty and touches the one before. */
function findSpans(regexp: Regexp, text: string, limit: number): Span[] {
  const spans: Span[] = []
  const most = limit < 0 ? Number.POSITIVE_INFINITY : limit
  let before = -1
  for (let at = 0; at <= text.length && spans.length < most;) {
    const [start, end] = regexp.exec(text, at) ?? []
    if (start === undefined || end === undefined) break
    const isAccepted = end !== at || start !== before
    at = end === at ? at + widthAt(text, at) : end
    before = end
    if (isAccepted) spans.push([start, end])
  }
  return spans
}

function replace(regexp: Regexp, text: string, by: (match: readonly number[]) => string): string {
  let result = ''
  let last = 0
  for (let at = 0; at <= text.length;) {
    const match = regexp.exec(text, at)
    const [start, end] = match ?? []
    if (match === undefined || start === undefined || end === undefined) break
    result += text.slice(last, start)
    if (end > last || start === 0) result += by(match)
    last = end
    at = Math.max(end, at + widthAt(text, at))
  }
  return result + text.slice(last)
}

function widthAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
}

function expand(regexp: Regexp, text: string, match: readonly number[], template: string): string {
  return template.replaceAll(
    // Made when it is needed: V8 looks up all characters of the classes for it.
    /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu,
    (reference: string, braced: string | undefined, bare: string | undefined) => {
      if (reference === '$$') return '$'
      const group = groupOf(regexp, match, braced ?? bare ?? '')
      const start = match[group * 2] ?? -1
      return start < 0 ? '' : text.slice(start, match[group * 2 + 1])
    },
  )
}

/** The group that a name or a number stands for; −1 for none. */
function groupOf(regexp: Regexp, match: readonly number[], name: string): number {
  if (/^(?:0|[1-9]\d{0,7})$/.test(name)) return Number(name)
  return regexp.names.findIndex((each, group) => each === name && (match[group * 2] ?? -1) >= 0)
}
