import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { array, assert, bigInt, property, stringMatching } from 'fast-check'
import { expect, test } from 'vitest'
import {
  compareVersions,
  explainMismatch,
  formatVersion,
  isCompatibleRange,
  parseConstraint,
  parseVersion,
  satisfies,
  VersionError,
} from '../../../src/base/versions.ts'

/** What Helm 4.1.4's `semverCompare` and `semver` gave. */
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../conformance/golden/semver.json'), 'utf8'),
) as {
  validC: string[]
  validV: [text: string, parts: string][]
  rows: boolean[][]
  errC: Record<string, string>
  errV: Record<string, string>
}

function errorOf(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    if (error instanceof VersionError) return error.message
    throw error
  }
  return 'no error'
}

/** Helm's text without its closing hint, which the recording cut off in one row. */
function reason(message: string): string {
  return message.split('\n\n')[0] ?? ''
}

test('each constraint accepts the versions that Helm accepts', () => {
  const wrong = golden.validC.flatMap((text, row) => {
    const constraint = parseConstraint(text)
    return golden.validV
      .filter(
        ([version], column) =>
          satisfies(constraint, parseVersion(version)) !== golden.rows[row]?.[column],
      )
      .map(([version]) => `${text} on ${version}`)
  })
  expect(wrong).toEqual([])
})

test('each version has the parts that Helm prints', () => {
  const parts = golden.validV.map(([text]) => {
    const version = parseVersion(text)
    const { major, minor, patch, prerelease, metadata, original } = version
    return [major, minor, patch, prerelease, metadata, original, formatVersion(version)].join('|')
  })
  expect(parts).toEqual(golden.validV.map(([, wanted]) => wanted))
})

test.each(Object.entries(golden.errC))('the constraint %j is refused', (text, message) => {
  expect(errorOf(() => parseConstraint(text))).toBe(reason(message))
})

test.each(Object.entries(golden.errV))('the version %j is refused', (text, message) => {
  expect(errorOf(() => parseVersion(text))).toBe(reason(message))
})

// The order that semver.org gives as its example.
test('versions are ordered', () => {
  const ordered = [
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
  ]
  const sorted = [...ordered]
    .reverse()
    .sort((a, b) => compareVersions(parseVersion(a), parseVersion(b)))
  expect(sorted).toEqual(ordered)
})

test.each([
  { constraint: '>=1.30', version: '1.29.0', want: ['1.29.0 is less than 1.30'] },
  { constraint: '>=1.30', version: '1.30.0', want: [] },
  {
    constraint: '^2 || ~3.1',
    version: '1.0.0',
    want: ['1.0.0 is less than 2', '1.0.0 is less than 3.1'],
  },
  {
    constraint: '>=1.19',
    version: '1.22.5-eks-abc',
    want: [
      '1.22.5-eks-abc is a prerelease version and the constraint is only looking for release versions',
    ],
  },
  { constraint: '!=1.2.x', version: '1.2.3', want: ['1.2.3 is equal to 1.2.x'] },
])('$version does not meet $constraint for a reason', ({ constraint, version, want }) => {
  expect(explainMismatch(parseConstraint(constraint), parseVersion(version))).toEqual(want)
})

test('a version reads back from what it prints', () => {
  const number = bigInt({ min: 0n, max: (1n << 64n) - 1n })
  const word = stringMatching(/^[a-zA-Z-][0-9a-zA-Z-]{0,5}$/)
  assert(
    property(
      number,
      number,
      number,
      array(word, { maxLength: 3 }),
      (major, minor, patch, words) => {
        const text = `${major}.${minor}.${patch}${words.length > 0 ? `-${words.join('.')}` : ''}`
        expect(formatVersion(parseVersion(text))).toBe(text)
      },
    ),
  )
})

test('a version that cannot be read is not compatible', () => {
  expect(isCompatibleRange('>=1.2', '1.3.0')).toBe(true)
  expect(isCompatibleRange('>=1.2', 'latest')).toBe(false)
  expect(isCompatibleRange('latest', '1.3.0')).toBe(false)
})

test('a long hostile constraint is refused at once', () => {
  expect(errorOf(() => parseConstraint(`${'1 '.repeat(4000)}${' '.repeat(1500)}!`))).toMatch(
    /^improper/,
  )
  expect(errorOf(() => parseConstraint('1'.repeat(20_000)))).toMatch(/^improper/)
})
