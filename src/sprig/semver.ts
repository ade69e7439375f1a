import {
  compareVersions,
  parseConstraint,
  parseVersion,
  satisfies,
  type Version,
  VersionError,
} from '../base/versions.ts'
import { fn, type GoFunction, method } from '../golang/function.ts'
import {
  GoError,
  GoInt,
  GoNil,
  GoStruct,
  type GoType,
  int,
  type Method,
  type Value,
} from '../golang/value.ts'
import { NIL_DEREFERENCE } from './cast.ts'

/**
 * Gives the functions over versions.
 *
 * Source: Masterminds/sprig v3.3.0 semver.go.
 */
export function semverFunctions(): Record<string, GoFunction> {
  return {
    semver: fn(['string'], (text: string) => versionValue(POINTER, text)),
    semverCompare: fn(['string', 'string'], (constraint: string, version: string) => {
      const parsed = orGoError(() => parseConstraint(constraint))
      return satisfies(parsed, parseText(version))
    }),
  }
}

/** A version in a template has the parts that Go's has; its methods read them from its text. */
function versionValue(type: GoType, original: string): GoStruct {
  const { major, minor, patch, prerelease, metadata } = parseText(original)
  const fields = new Map<string, Value>([
    ['major', uint64(major)],
    ['minor', uint64(minor)],
    ['patch', uint64(patch)],
    ['pre', prerelease],
    ['metadata', metadata],
    ['original', original],
  ])
  return new GoStruct(type, fields)
}

function versionOf(value: Value): Version {
  if (value instanceof GoNil) throw new GoError(NIL_DEREFERENCE)
  const original = value instanceof GoStruct ? value.fields.get('original') : undefined
  return parseText(typeof original === 'string' ? original : '0.0.0')
}

function parseText(text: string): Version {
  return orGoError(() => parseVersion(text))
}

function orGoError<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw error instanceof VersionError ? new GoError(error.message) : error
  }
}

/** Gives what a method finds out about its version. */
function reading(read: (version: Version) => Value): Method {
  return (self) => read(versionOf(self))
}

/** Gives a method that makes the next version; it keeps the leading `v`. */
function changing(change: (version: Version) => Partial<Version>): Method {
  return (self) => changed(versionOf(self), change(versionOf(self)))
}

function changed(version: Version, change: Partial<Version>): GoStruct {
  const prefix = /^v/.exec(version.original)?.[0] ?? ''
  return versionValue(STRUCT, prefix + formatVersion({ ...version, ...change }))
}

function comparing(test: (order: number) => boolean): Method {
  return method(['version'], (self: Value, other: Value) => {
    return test(compareVersions(versionOf(self), versionOf(other)))
  })
}

function formatVersion({ major, minor, patch, prerelease, metadata }: Version): string {
  const pre = prerelease === '' ? '' : `-${prerelease}`
  return `${major}.${minor}.${patch}${pre}${metadata === '' ? '' : `+${metadata}`}`
}

function uint64(value: bigint): GoInt {
  return new GoInt(value, 'uint64')
}

function jsonBytes(version: Version): Uint8Array {
  return Buffer.from(JSON.stringify(formatVersion(version)))
}

/** Checks parts of a version by reading a version that has them. */
function assertPart(
  text: string,
  { dotted, complaint }: { dotted: string; complaint: string },
): void {
  if (text === '') return
  if (!/^[0-9A-Za-z.-]+$/.test(text) || text.split('.').includes('')) throw new GoError(complaint)
  parseText(dotted + text)
}

const PLAIN = { prerelease: '', metadata: '' }

const VALUE_METHODS: Readonly<Record<string, Method>> = {
  String: reading(formatVersion),
  Major: reading(({ major }) => uint64(major)),
  Minor: reading(({ minor }) => uint64(minor)),
  Patch: reading(({ patch }) => uint64(patch)),
  Prerelease: reading(({ prerelease }) => prerelease),
  Metadata: reading(({ metadata }) => metadata),
  IncMajor: changing(({ major }) => ({ ...PLAIN, major: major + 1n, minor: 0n, patch: 0n })),
  IncMinor: changing(({ minor }) => ({ ...PLAIN, minor: minor + 1n, patch: 0n })),
  IncPatch: changing(({ patch, prerelease }) => ({
    ...PLAIN,
    patch: prerelease === '' ? patch + 1n : patch,
  })),
  SetPrerelease: method(['string'], (self: Value, prerelease: string) => {
    assertPart(prerelease, { dotted: '1.0.0-', complaint: 'invalid prerelease string' })
    return changed(versionOf(self), { prerelease })
  }),
  SetMetadata: method(['string'], (self: Value, metadata: string) => {
    assertPart(metadata, { dotted: '1.0.0+', complaint: 'invalid metadata string' })
    return changed(versionOf(self), { metadata })
  }),
  MarshalJSON: reading(jsonBytes),
  MarshalText: reading((version) => Buffer.from(formatVersion(version))),
  Value: reading(formatVersion),
}

const STRUCT: GoType = { name: 'semver.Version', fields: [], methods: VALUE_METHODS }

const POINTER: GoType = {
  name: '*semver.Version',
  kind: 'ptr',
  fields: [],
  methods: {
    ...VALUE_METHODS,
    Original: reading(({ original }) => original),
    Compare: method(['version'], (self: Value, other: Value) =>
      int(Math.sign(compareVersions(versionOf(self), versionOf(other)))),
    ),
    Equal: comparing((order) => order === 0),
    LessThan: comparing((order) => order < 0),
    LessThanEqual: comparing((order) => order <= 0),
    GreaterThan: comparing((order) => order > 0),
    GreaterThanEqual: comparing((order) => order >= 0),
  },
}
