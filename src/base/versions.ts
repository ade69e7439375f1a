/*
 * Versions and constraints as Masterminds semver reads them, which is what Helm uses.
 *
 * npm's semver judges many constraints otherwise: partial versions with a prerelease,
 * commas, `!=`, `~0.0.0`, prereleases within a group. Numbers go up to 2^64 − 1.
 */

import {
  endOfBlanks,
  hasLeadingZero,
  isBlank,
  type TermParts,
  termParts,
  versionParts,
} from './version-parts.ts'

/** A version like `1.2.3-beta.1+build`; missing numbers are 0. */
export interface Version {
  readonly major: bigint
  readonly minor: bigint
  readonly patch: bigint
  /** Without the hyphen; empty if there is none. */
  readonly prerelease: string
  /** Without the plus sign; empty if there is none. Never compared. */
  readonly metadata: string
  /** The text that was parsed. */
  readonly original: string
}

/** Groups of which one must accept a version; a group accepts if all its terms do. */
export interface Constraint {
  readonly groups: readonly Group[]
}

interface Group {
  readonly terms: readonly Term[]
  /** Whether a term has a prerelease, so that the group lets prereleases through. */
  readonly hasPrerelease: boolean
}

interface Term {
  readonly operator: Operator
  readonly version: Version
  /** The version as written. */
  readonly original: string
  /** The first number that is missing or a wildcard. */
  readonly free: 'major' | 'minor' | 'patch' | 'none'
}

type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=' | '~' | '^'

/** A version or a constraint that cannot be read; the message is Helm's. */
export class VersionError extends Error {
  override readonly name = 'VersionError'
}

/**
 * Reads a version: an optional `v`, one to three numbers, `-prerelease`, `+metadata`.
 *
 * @throws VersionError with Helm's text
 */
export function parseVersion(text: string): Version {
  const parts = versionParts(text)
  if (parts === undefined) throw new VersionError('invalid semantic version')
  const prerelease = parts.prerelease.slice(1)
  const version = {
    major: parseNumber(parts.major),
    minor: parseNumber(parts.minor.slice(1) || '0'),
    patch: parseNumber(parts.patch.slice(1) || '0'),
    prerelease,
    metadata: parts.metadata.slice(1),
    original: text,
  }
  if (prerelease !== '' && prerelease.split('.').some(hasLeadingZero)) {
    throw new VersionError('version segment starts with 0')
  }
  return version
}

/** Prints a version with all three numbers and without a `v`. */
export function formatVersion(version: Version): string {
  const { major, minor, patch, prerelease, metadata } = version
  const tail = (prerelease && `-${prerelease}`) + (metadata && `+${metadata}`)
  return `${major}.${minor}.${patch}${tail}`
}

/** Orders versions; negative if `a` comes first. A prerelease comes before its release. */
export function compareVersions(a: Version, b: Version): number {
  const byNumbers =
    compare(a.major, b.major) || compare(a.minor, b.minor) || compare(a.patch, b.patch)
  if (byNumbers !== 0) return byNumbers
  if (a.prerelease === '' || b.prerelease === '') {
    return compare(b.prerelease.length, 0) - compare(a.prerelease.length, 0)
  }
  return comparePrereleases(a.prerelease, b.prerelease)
}

/**
 * Reads a constraint such as `>=1.19-0 <2 || ~3.1`.
 *
 * @throws VersionError with Helm's text
 */
export function parseConstraint(text: string): Constraint {
  if (text.length > LONGEST) throw new VersionError(`improper constraint: ${text.slice(0, 100)}…`)
  return { groups: withoutRanges(text).split('||').map(parseGroup) }
}

/** Whether a version meets a constraint. */
export function satisfies(constraint: Constraint, version: Version): boolean {
  return constraint.groups.some(
    (group) =>
      (version.prerelease === '' || group.hasPrerelease) &&
      group.terms.every((term) => explainTerm(term, version) === ''),
  )
}

/**
 * Whether a version meets a constraint, both as text; false if either cannot be read.
 *
 * Source: Helm v4 `chartutil.IsCompatibleRange`.
 */
export function isCompatibleRange(constraint: string, version: string): boolean {
  try {
    return satisfies(parseConstraint(constraint), parseVersion(version))
  } catch (error) {
    if (error instanceof VersionError) return false
    throw error
  }
}

/** Says why a version does not meet a constraint, a sentence each; none if it does. */
export function explainMismatch(constraint: Constraint, version: Version): string[] {
  if (satisfies(constraint, version)) return []
  const shown = formatVersion(version)
  return constraint.groups.flatMap((group) => {
    if (version.prerelease !== '' && !group.hasPrerelease) {
      return [
        `${shown} is a prerelease version and the constraint is only looking for release versions`,
      ]
    }
    return group.terms
      .map((term) => ({ term, why: explainTerm(term, version) }))
      .filter(({ why }) => why !== '')
      .map(({ term, why }) => `${shown} ${why.replace('%', term.original)}`)
  })
}

const PARTIAL =
  'v?([0-9|xX*]+)(\\.[0-9|xX*]+)?(\\.[0-9|xX*]+)?(-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?'

/** No constraint of a person is as long; keeps hostile ones from taking long. */
const LONGEST = 10_000
const MAX_NUMBER = (1n << 64n) - 1n

function parseNumber(digits: string): bigint {
  const value = BigInt(digits)
  if (value <= MAX_NUMBER) return value
  const cause = `strconv.ParseUint: parsing "${digits}": value out of range`
  throw new VersionError(`error parsing version segment: ${cause}`)
}

function compare<T extends bigint | number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function comparePrereleases(a: string, b: string): number {
  const left = a.split('.')
  const right = b.split('.')
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const order = compareParts(left[at] ?? '', right[at] ?? '')
    if (order !== 0) return order
  }
  return 0
}

/** A missing part comes before all others, a number before a word. */
function compareParts(a: string, b: string): number {
  if (a === b) return 0
  if (a === '' || b === '') return a === '' ? -1 : 1
  const left = numberOf(a)
  const right = numberOf(b)
  if (left !== undefined && right !== undefined) return left > right ? 1 : -1
  if (left === undefined && right === undefined) return compare(a, b)
  return left === undefined ? 1 : -1
}

function numberOf(part: string): bigint | undefined {
  if (!/^\d+$/.test(part)) return undefined
  const value = BigInt(part)
  return value <= MAX_NUMBER ? value : undefined
}

/** Turns each `A - B` into `>= A, <= B`. */
function withoutRanges(text: string): string {
  if (!mayHaveRange(text)) return text
  const range = new RegExp(`(${PARTIAL})[\\t\\n\\f\\r ]+-[\\t\\n\\f\\r ]+(${PARTIAL})`, 'g')
  return text.replaceAll(range, (_, ...groups: string[]) => `>= ${groups[0]}, <= ${groups[6]} `)
}

function mayHaveRange(text: string): boolean {
  for (let at = text.indexOf('-', 1); at > 0; at = text.indexOf('-', at + 1)) {
    if (isBlank(text.charCodeAt(at - 1)) && isBlank(text.charCodeAt(at + 1))) return true
  }
  return false
}

/** Reads terms one after another; a blank or a comma must stand between two. */
function parseGroup(text: string): Group {
  const terms: Term[] = []
  for (let at = 0, needsTerm = true; ;) {
    const begin = at
    const isFirst = terms.length === 0
    at = endOfBlanks(text, at)
    if (text.startsWith(',', at)) {
      if (isFirst) throw improper(text)
      needsTerm = true
      at = endOfBlanks(text, at + 1)
    }
    if (at === text.length && !needsTerm) break
    if (at === begin && !isFirst) throw improper(text)
    const parts = termParts(text, at)
    if (parts === undefined) throw improper(text)
    terms.push(toTerm(parts))
    at = parts.end
    needsTerm = false
  }
  return { terms, hasPrerelease: terms.some(({ version }) => version.prerelease !== '') }
}

function improper(text: string): VersionError {
  return new VersionError(`improper constraint: ${text}`)
}

function toTerm(parts: TermParts): Term {
  const { operator, original, major, minor, patch, prerelease } = parts
  const free = firstFree(major, minor, patch)
  const numbers = {
    major: '0.0.0',
    minor: `${major}.0.0`,
    patch: `${major}${minor}.0`,
    none: `${major}${minor}${patch}`,
  }[free]
  try {
    const version = parseVersion(numbers + prerelease)
    return { operator: OPERATORS[operator] ?? '=', version, original, free }
  } catch (error) {
    if (!(error instanceof VersionError)) throw error
    throw new VersionError('constraint parser error', { cause: error })
  }
}

const OPERATORS: Record<string, Operator> = {
  '=': '=',
  '!=': '!=',
  '>': '>',
  '>=': '>=',
  '=>': '>=',
  '<': '<',
  '<=': '<=',
  '=<': '<=',
  '~': '~',
  '~>': '~',
  '^': '^',
}

function firstFree(major: string, minor: string, patch: string): Term['free'] {
  if (isWildcard(major)) return 'major'
  if (minor === '' || isWildcard(minor.slice(1))) return 'minor'
  return patch === '' || isWildcard(patch.slice(1)) ? 'patch' : 'none'
}

function isWildcard(part: string): boolean {
  return part === 'x' || part === 'X' || part === '*'
}

/** Why a term does not accept a version, with `%` for the term's version; '' if it does. */
function explainTerm(term: Term, version: Version): string {
  switch (term.operator) {
    case '=':
      if (term.free !== 'none') return explainTilde(term, version)
      return compareVersions(version, term.version) === 0 ? '' : 'is not equal to %'
    case '!=':
      return explainNotEqual(term, version)
    case '>':
      return isGreater(term, version) ? '' : 'is less than or equal to %'
    case '>=':
      return compareVersions(version, term.version) >= 0 ? '' : 'is less than %'
    case '<':
      return compareVersions(version, term.version) < 0 ? '' : 'is greater than or equal to %'
    case '<=':
      return isAtMost(term, version) ? '' : 'is greater than %'
    case '~':
      return explainTilde(term, version)
    default:
      return explainCaret(term, version)
  }
}

function explainNotEqual({ version: wanted, free }: Term, version: Version): string {
  const isMinorFree = free === 'minor'
  const equal = 'is equal to %'
  if (free === 'none' || free === 'major') {
    return compareVersions(version, wanted) === 0 ? equal : ''
  }
  if (wanted.major !== version.major) return ''
  if (isMinorFree) return equal
  if (wanted.minor !== version.minor) return ''
  return wanted.prerelease === version.prerelease ? equal : ''
}

function isGreater({ version: wanted, free }: Term, version: Version): boolean {
  if (free === 'none' || free === 'major' || version.major !== wanted.major) {
    return free === 'none' || free === 'major'
      ? compareVersions(version, wanted) > 0
      : version.major > wanted.major
  }
  return free === 'patch' && version.minor > wanted.minor
}

function isAtMost({ version: wanted, free }: Term, version: Version): boolean {
  if (free === 'none') return compareVersions(version, wanted) <= 0
  if (version.major !== wanted.major) return version.major < wanted.major
  return free === 'minor' || version.minor <= wanted.minor
}

function explainTilde({ version: wanted, free }: Term, version: Version): string {
  if (compareVersions(version, wanted) < 0) return 'is less than %'
  const isZero = wanted.major === 0n && wanted.minor === 0n && wanted.patch === 0n
  // `~0.0.0` accepts all that follow, as `*` does.
  if (isZero && (free === 'none' || free === 'major')) return ''
  if (version.major !== wanted.major) return 'does not have same major version as %'
  if (version.minor === wanted.minor || free === 'minor') return ''
  return 'does not have same major and minor version as %'
}

function explainCaret({ version: wanted, free }: Term, version: Version): string {
  if (compareVersions(version, wanted) < 0) return 'is less than %'
  if (version.major !== wanted.major) return 'does not have same major version as %'
  if (wanted.major > 0n || free === 'minor') return ''
  if (wanted.minor > 0n || free === 'patch') {
    if (version.minor === wanted.minor) return ''
    return 'does not have same minor version as %. Expected minor versions to match when constraint major version is 0'
  }
  if (version.minor > 0n) return 'does not have same minor version as %'
  if (version.patch === wanted.patch) return ''
  return 'does not equal %. Expect version and constraint to equal when major and minor versions are 0'
}
