import { areDigits, endOfDigits, isDigit, isLetter } from './ascii.ts'

/** A version as it is written; what it lacks is empty. */
export interface VersionParts {
  major: string
  /** With its dot, as is the patch. */
  minor: string
  patch: string
  /** With its hyphen. */
  prerelease: string
  /** With its plus sign. */
  metadata: string
  /** Where it ends. */
  end: number
}

/** An operator of a constraint, which may be none, and the version behind it. */
export interface TermParts extends VersionParts {
  operator: string
  /** The version as it is written. */
  original: string
}

/*
 * No patterns: nearly every chart names a range of versions of Kubernetes, and each run would
 * compile them for that one text.
 */

/** Reads the version that the whole text is. */
export function versionParts(text: string): VersionParts | undefined {
  const parts = partsAt(text, 0, endOfDigits)
  return parts?.end === text.length ? parts : undefined
}

/** Reads a term of a constraint, in whose version `x`, `X` and `*` may stand for numbers. */
export function termParts(text: string, at: number): TermParts | undefined {
  const operator = operatorAt(text, at)
  const start = endOfBlanks(text, at + operator.length)
  const parts = partsAt(text, start, endOfNumber)
  return parts && { ...parts, operator, original: text.slice(start, parts.end) }
}

/** Where the blanks end that begin at a place. */
export function endOfBlanks(text: string, from: number): number {
  let at = from
  while (isBlank(text.charCodeAt(at))) at++
  return at
}

/** Whether a unit of UTF-16 is what Go's patterns take for a blank. */
export function isBlank(unit: number): boolean {
  return unit === SPACE || unit === TAB || unit === LF || unit === FF || unit === CR
}

/** Whether a part of a prerelease is a number that begins with 0. */
export function hasLeadingZero(part: string): boolean {
  return part.length > 1 && part.startsWith('0') && areDigits(part, 0)
}

type End = (text: string, from: number) => number

function partsAt(text: string, at: number, endOf: End): VersionParts | undefined {
  const start = text.charCodeAt(at) === SMALL_V ? at + 1 : at
  const major = endOf(text, start)
  if (major === start) return undefined
  const minor = behind(DOT, text, major, endOf)
  const patch = behind(DOT, text, minor, endOf)
  const prerelease = behind(DASH, text, patch, endOfIdentifiers)
  const end = behind(PLUS, text, prerelease, endOfIdentifiers)
  return {
    major: text.slice(start, major),
    minor: text.slice(major, minor),
    patch: text.slice(minor, patch),
    prerelease: text.slice(patch, prerelease),
    metadata: text.slice(prerelease, end),
    end,
  }
}

/** Where a part ends that a sign opens, or would begin where there is none. */
function behind(sign: number, text: string, at: number, endOf: End): number {
  if (text.charCodeAt(at) !== sign) return at
  const end = endOf(text, at + 1)
  return end === at + 1 ? at : end
}

function endOfNumber(text: string, from: number): number {
  let at = from
  while (isDigit(text.charCodeAt(at)) || isOneOf('|xX*', text, at)) at++
  return at
}

/** Words of letters, digits and hyphens, with dots between them. */
function endOfIdentifiers(text: string, from: number): number {
  let end = endOfWord(text, from)
  while (end > from) {
    const next = behind(DOT, text, end, endOfWord)
    if (next === end) break
    end = next
  }
  return end
}

function endOfWord(text: string, from: number): number {
  let at = from
  for (;;) {
    const unit = text.charCodeAt(at)
    if (!isLetter(unit) && !isDigit(unit) && unit !== DASH) return at
    at++
  }
}

function operatorAt(text: string, at: number): string {
  const two = text.slice(at, at + 2)
  if (TWO_SIGNS.includes(two)) return two
  return isOneOf('=<>~^', text, at) ? text.charAt(at) : ''
}

function isOneOf(characters: string, text: string, at: number): boolean {
  return at < text.length && characters.includes(text.charAt(at))
}

const TWO_SIGNS = ['=>', '=<', '~>', '!=', '>=', '<=']

const TAB = 9
const LF = 10
const FF = 12
const CR = 13
const SPACE = 32
const PLUS = 43
const DASH = 45
const DOT = 46
const SMALL_V = 118
