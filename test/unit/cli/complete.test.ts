import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { complete } from '../../../src/cli/complete.ts'

const root = join(import.meta.dirname, '../../..')
let target: string

beforeEach(() => {
  target = mkdtempSync(join(tmpdir(), 'kubectl-pkg-complete-'))
  const records = join(target, '.kubectl-pkg/releases/default')
  mkdirSync(records, { recursive: true })
  for (const name of ['web.v1', 'web.v2', 'api.v1']) writeFileSync(join(records, name), '')
})
afterEach(() => rmSync(target, { recursive: true }))

// The protocol is cobra's: candidates with descriptions, then `:4` (no files) or `:0` (files).
test.each([
  { words: ['hi'], lines: ['history\tList the revisions of a release, the oldest first.', ':4'] },
  { words: ['list', '-o', ''], lines: ['table', 'json', 'yaml', ':4'] },
  { words: ['install', 'web', '--values', ''], lines: [':0'] },
  { words: ['template', ''], lines: [':0'] },
  { words: ['status', ''], lines: ['api', 'web', ':4'] },
  { words: ['get', 'values', 'w'], lines: ['web', ':4'] },
  { words: ['nothing', ''], lines: [':4'] },
])('$words', ({ words, lines }) => {
  expect(complete(words, root, `dir:${target}`)).toBe(`${lines.join('\n')}\n`)
})

test('without a target there are no names', () => {
  expect(complete(['status', ''], root, undefined)).toBe(':4\n')
})
