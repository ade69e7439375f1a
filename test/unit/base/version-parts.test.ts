import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasLeadingZero, termParts, versionParts } from '../../../src/base/version-parts.ts'

// The patterns of Masterminds semver.
const IDENTIFIERS = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*'
const VERSION = new RegExp(`^v?(\\d+)(\\.\\d+)?(\\.\\d+)?(-${IDENTIFIERS})?(\\+${IDENTIFIERS})?$`)
const NUMBER = '[0-9|xX*]+'
const PARTIAL = `v?(${NUMBER})(\\.${NUMBER})?(\\.${NUMBER})?(-${IDENTIFIERS})?(\\+${IDENTIFIERS})?`
const TERM = new RegExp(`(=>|=<|~>|!=|>=|<=|[=<>~^])?[\\t\\n\\f\\r ]*(${PARTIAL})`, 'y')

const unit = fc.constantFrom(...'0190.--+vxX*|aZ =<>~^!,\t\u00a0'.split(''))
const text = fc.oneof(
  fc.string({ unit, maxLength: 12 }),
  fc
    .tuple(
      fc.constantFrom('', 'v', '>=', '>= ', '^', '~>', '!=', '=<\t'),
      fc.constantFrom('1', '1.2', '1.2.3', '01.x.*', 'x', '1.2.3.4', '1.', '10.20.30'),
      fc.constantFrom('', '-', '-0', '-rc.1', '-a..b', '-a.', '--', '-01.x-y'),
      fc.constantFrom('', '+', '+b', '+b.1-2', '+b+c'),
    )
    .map((parts) => parts.join('')),
)

test('versions are taken apart as by the pattern', () => {
  fc.assert(
    fc.property(text, (text) => {
      const match = VERSION.exec(text)
      const parts = versionParts(text)
      expect(parts === undefined).toBe(match === null)
      if (parts === undefined || match === null) return
      const { major, minor, patch, prerelease, metadata } = parts
      const want = match.slice(1).map((part: string | undefined) => part ?? '')
      expect([major, minor, patch, prerelease, metadata]).toEqual(want)
    }),
    { numRuns: 5000 },
  )
})

test('terms of constraints are taken apart as by the pattern', () => {
  fc.assert(
    fc.property(text, fc.nat(4), (text, at) => {
      TERM.lastIndex = at
      const match = at > text.length ? null : TERM.exec(text)
      const parts = termParts(text, at)
      expect(parts === undefined).toBe(match === null)
      if (parts === undefined || match === null) return
      const { operator, original, major, minor, patch, prerelease, metadata, end } = parts
      const want = match.slice(1).map((part: string | undefined) => part ?? '')
      expect([operator, original, major, minor, patch, prerelease, metadata]).toEqual(want)
      expect(end).toBe(at + match[0].length)
    }),
    { numRuns: 5000 },
  )
})

test('a number with a zero before it is told', () => {
  expect(['0', '01', '00', '0a', '10', '', '0-'].filter(hasLeadingZero)).toEqual(['01', '00'])
})
