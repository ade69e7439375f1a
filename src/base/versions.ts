/*
 * Versions and constraints by the rules of Masterminds/semver v3.4.0, which Helm uses.
 * They differ from npm's: a comma or a blank is "and", parts may be missing, and a
 * prerelease in one term of a group lets prereleases of every version through it.
 */

/** A version; parts that were missing are 0. */
export interface Version {
  readonly major: bigint
  readonly minor: bigint
  readonly patch: bigint
  /** Without the hyphen; empty for a release. */
  readonly prerelease: string
  /** Without the plus; empty when there is none. */
  readonly metadata: string
  /** As it was written. */
  readonly original: string
}

/** A constraint: it is met when every term of one of its groups is. */
export type Constraint = readonly Group[]

/** Text that is no version or no constraint; the message is Masterminds'. */
export class VersionError extends Error {
  override readonly name = 'VersionError'
}

/**
 * Reads a version such as `v1.2.3-rc.1+build` or `1.2`.
 *
 * @throws VersionError
 */
export function parseVersion(text: string): Version {
  const match = VERSION.exec(text)
  if (match === null) throw new VersionError('invalid semantic version')
  const [, major = '', minor = '0', patch = '0', prerelease = '', metadata = ''] = match
  const version = {
    major: parseSegment(major),
    minor: parseSegment(minor),
    patch: parseSegment(patch),
    prerelease,
    metadata,
    original: text,
  }
  if (prerelease.split('.').some((part) => /^0\d+$/.test(part))) {
    throw new VersionError('version segment starts with 0')
  }
  return version
}

/** Orders versions: negative when `a` is the older one; metadata does not count. */
export function compareVersions(a: Version, b: Version): number {
  return (
    compare(a.major, b.major) ||
    compare(a.minor, b.minor) ||
    compare(a.patch, b.patch) ||
    comparePrereleases(a.prerelease, b.prerelease)
  )
}

/**
 * Reads a constraint such as `>=1.2, <2 || ^3.0.0-0`.
 *
 * @throws VersionError
 */
export function parseConstraint(text: string): Constraint {
  const groups = text.replace(RANGE, '>= $1, <= $2 ').split('||')
  return groups.map(parseGroup)
}

/** Whether the version meets the constraint. */
export function satisfies(version: Version, constraint: Constraint): boolean {
  return constraint.some(
    ({ terms, prereleases }) =>
      (prereleases || version.prerelease === '') && terms.every((term) => meets(version, term)),
  )
}

/** Whether a version meets a constraint; false too when one of them cannot be read. */
export function isCompatibleRange(constraint: string, version: string): boolean {
  try {
    return satisfies(parseVersion(version), parseConstraint(constraint))
  } catch (error) {
    if (!(error instanceof VersionError)) throw error
    return false
  }
}

interface Group {
  readonly terms: readonly Term[]
  /** Whether a term has a prerelease, so that versions with one may match. */
  readonly prereleases: boolean
}

interface Term {
  readonly operator: string
  readonly version: Version
  /** The first part that is missing or a wildcard. */
  readonly free: 'all' | 'minor' | 'patch' | undefined
}

const IDENTIFIERS = String.raw`[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*`
const VERSION = new RegExp(
  String.raw`^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-(${IDENTIFIERS}))?(?:\+(${IDENTIFIERS}))?$`,
)
const PART = String.raw`[0-9|xX*]+`
const PARTS = String.raw`v?${PART}(?:\.${PART})?(?:\.${PART})?(?:-${IDENTIFIERS})?(?:\+${IDENTIFIERS})?`
const RANGE = new RegExp(String.raw`\s*(${PARTS})\s+-\s+(${PARTS})\s*`, 'g')
const TERM = new RegExp(
  String.raw`(!=|>=|=>|<=|=<|~>|[=<>~^]?)\s*(v?(${PART})(?:\.(${PART}))?(?:\.(${PART}))?(-${IDENTIFIERS})?(?:\+${IDENTIFIERS})?)`,
  'y',
)
const SAME_OPERATOR = new Map([
  ['=>', '>='],
  ['=<', '<='],
  ['~>', '~'],
])
const SEPARATOR = /\s*(?:,\s*|\s)/y
const MAX_SEGMENT = 2n ** 64n - 1n

function parseSegment(text: string): bigint {
  const value = BigInt(text)
  if (value <= MAX_SEGMENT) return value
  throw new VersionError(
    `error parsing version segment: strconv.ParseUint: parsing "${text}": value out of range`,
  )
}

function parseGroup(text: string): Group {
  const terms: Term[] = []
  const end = text.trimEnd().length
  let at = text.length - text.trimStart().length
  for (;;) {
    TERM.lastIndex = at
    const match = TERM.exec(text)
    if (match === null) throw new VersionError(`improper constraint: ${text}`)
    terms.push(parseTerm(match))
    at = TERM.lastIndex
    if (at >= end) break
    SEPARATOR.lastIndex = at
    if (!SEPARATOR.test(text)) throw new VersionError(`improper constraint: ${text}`)
    at = SEPARATOR.lastIndex
    while (/\s/.test(text.charAt(at))) at++
  }
  return { terms, prereleases: terms.some(({ version }) => version.prerelease !== '') }
}

function parseTerm(match: RegExpExecArray): Term {
  const [, written = '', whole = '', major = '', minor, patch, prerelease = ''] = match
  const operator = SAME_OPERATOR.get(written) ?? written
  try {
    if (isFree(major)) return { operator, version: parseVersion(`0.0.0${prerelease}`), free: 'all' }
    if (isFree(minor)) {
      return { operator, version: parseVersion(`${major}.0.0${prerelease}`), free: 'minor' }
    }
    if (isFree(patch)) {
      return { operator, version: parseVersion(`${major}.${minor}.0${prerelease}`), free: 'patch' }
    }
    return { operator, version: parseVersion(whole), free: undefined }
  } catch (error) {
    if (!(error instanceof VersionError)) throw error
    throw new VersionError('constraint parser error')
  }
}

function isFree(part: string | undefined): boolean {
  return part === undefined || part === 'x' || part === 'X' || part === '*'
}

function meets(version: Version, term: Term): boolean {
  const order = compareVersions(version, term.version)
  switch (term.operator) {
    case '!=':
      return isOther(version, term)
    case '>':
      return isAbove(version, term)
    case '<':
      return order < 0
    case '>=':
      return order >= 0
    case '<=':
      return term.free === undefined ? order <= 0 : isWithin(version, term)
    case '^':
      return order >= 0 && isCaretOf(version, term)
    case '~':
      return order >= 0 && isTildeOf(version, term)
    default:
      return term.free === undefined ? order === 0 : order >= 0 && isTildeOf(version, term)
  }
}

function isOther(version: Version, { version: wanted, free }: Term): boolean {
  if (free === undefined || free === 'all') {
    if (free === 'all' && !sameMinor(version, wanted)) return true
    return compareVersions(version, wanted) !== 0
  }
  if (version.major !== wanted.major) return true
  if (free === 'minor') return false
  if (version.minor !== wanted.minor) return true
  return comparePrereleases(version.prerelease, wanted.prerelease) !== 0
}

function isAbove(version: Version, { version: wanted, free }: Term): boolean {
  if (free !== 'minor' && free !== 'patch') return compareVersions(version, wanted) > 0
  if (version.major !== wanted.major) return version.major > wanted.major
  return free === 'patch' && version.minor > wanted.minor
}

/** `<=` of a version with free parts. */
function isWithin(version: Version, { version: wanted, free }: Term): boolean {
  if (version.major !== wanted.major) return version.major < wanted.major
  return free === 'minor' || version.minor <= wanted.minor
}

function isTildeOf(version: Version, { version: wanted, free }: Term): boolean {
  const isZero = wanted.major === 0n && wanted.minor === 0n && wanted.patch === 0n
  // `~0.0.0` accepts every version, and so does `~*`.
  if (isZero && free !== 'minor' && free !== 'patch') return true
  if (version.major !== wanted.major) return false
  return free === 'minor' || version.minor === wanted.minor
}

function isCaretOf(version: Version, { version: wanted, free }: Term): boolean {
  if (version.major !== wanted.major) return false
  if (wanted.major > 0n || free === 'minor') return true
  if (version.minor !== wanted.minor) return false
  return wanted.minor > 0n || free === 'patch' || version.patch === wanted.patch
}

function sameMinor(a: Version, b: Version): boolean {
  return a.major === b.major && a.minor === b.minor
}

/** A release is above its prereleases. */
function comparePrereleases(a: string, b: string): number {
  if (a === b) return 0
  if (a === '') return 1
  if (b === '') return -1
  const left = a.split('.')
  const right = b.split('.')
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const order = compareIdentifiers(left[at], right[at])
    if (order !== 0) return order
  }
  return 0
}

function compareIdentifiers(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined) return -1
  if (b === undefined) return 1
  const left = numberOf(a)
  const right = numberOf(b)
  if (left === undefined && right === undefined) return compare(a, b)
  if (left === undefined) return 1
  if (right === undefined) return -1
  return compare(left, right)
}

function numberOf(identifier: string): bigint | undefined {
  if (!/^\d+$/.test(identifier)) return undefined
  const value = BigInt(identifier)
  return value <= MAX_SEGMENT ? value : undefined
}

function compare<T extends bigint | string>(a: T, b: T): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
