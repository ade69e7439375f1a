import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareVersions, parseVersion } from '../../../src/base/versions.ts'
import { sortEntries, type IndexEntry } from '../../../src/index/entry.ts'

function entry(version: string, at: number): IndexEntry {
  return {
    name: `chart-${at}`,
    version,
    appVersion: '',
    description: '',
    keywords: '',
    urls: [],
    digest: '',
    created: '',
    deprecated: false,
  }
}

const number = fc.oneof(fc.nat(3), fc.constantFrom(10, 999_999_999, 4_294_967_296))
const version = fc
  .tuple(
    fc.constantFrom('', 'v'),
    fc.array(number, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '', '', '-rc.1', '-rc.2', '+build'),
  )
  .map(([v, numbers, rest]) => v + numbers.join('.') + rest)

test('the newest version comes first, and of equal ones the one that stood first', () => {
  fc.assert(
    fc.property(fc.array(version, { maxLength: 8 }), fc.boolean(), (versions, isSorted) => {
      const byNewest = (a: string, b: string) => compareVersions(parseVersion(b), parseVersion(a))
      const wanted = versions.map(entry).sort((a, b) => byNewest(a.version, b.version))
      const given = isSorted ? [...wanted] : versions.map(entry)
      expect(sortEntries(given)).toEqual(wanted)
    }),
  )
})
