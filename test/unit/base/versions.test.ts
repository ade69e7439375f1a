import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  isCompatibleRange,
  parseConstraint,
  parseVersion,
  satisfies,
} from '../../../src/base/versions.ts'

interface Golden {
  validC: string[]
  validV: [string, string][]
  rows: boolean[][]
  errC: Record<string, string>
  errV: Record<string, string>
}

// Recorded from Helm 4.1.4: `semverCompare` of every constraint with every version.
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../conformance/golden/semver.json'), 'utf8'),
) as Golden

test('every constraint matches the versions that Helm matches', () => {
  const found = golden.validC.map((constraint) =>
    golden.validV.map(([version]) => satisfies(parseVersion(version), parseConstraint(constraint))),
  )
  expect(found).toEqual(golden.rows)
})

test('every version is taken apart as Helm does', () => {
  const found = golden.validV.map(([text]) => {
    const { major, minor, patch, prerelease, metadata } = parseVersion(text)
    return [major, minor, patch, prerelease, metadata].join('|')
  })
  expect(found).toEqual(golden.validV.map(([, parts]) => parts.split('|').slice(0, 5).join('|')))
})

/** Helm's message without its usual tail. */
function cause(message: string): string {
  return message.replace(/\n\nUse --debug.*$/s, '').trimEnd()
}

describe('what Helm refuses is refused in its words', () => {
  test.each(Object.entries(golden.errC))('constraint %j', (text, message) => {
    expect(() => parseConstraint(text)).toThrow(cause(message))
  })

  test.each(Object.entries(golden.errV))('version %j', (text, message) => {
    expect(() => parseVersion(text)).toThrow(cause(message))
  })
})

test('a range that cannot be read is met by nothing', () => {
  expect(isCompatibleRange('latest', '1.2.3')).toBe(false)
  expect(isCompatibleRange('^1.0.0', 'latest')).toBe(false)
  expect(isCompatibleRange('^1.0.0', '1.2.3')).toBe(true)
})

test('a long constraint is read in linear time', () => {
  const text = `${'>=1.2.3-a.b '.repeat(20_000)}!`
  const started = performance.now()
  expect(() => parseConstraint(text)).toThrow('improper constraint')
  expect(performance.now() - started).toBeLessThan(1000)
})
