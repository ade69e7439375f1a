import { expect, test } from 'vitest'
import { loadChartDirectory } from '../../../src/chart/read-directory.ts'
import { join } from 'node:path'
import { PkgError } from '../../../src/base/errors.ts'
import { chartYaml, writeChart } from '../../support/chart-builder.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** What is advised where values.yaml holds these bytes. */
function adviceOn(values: Uint8Array): string | undefined {
  const files = { 'Chart.yaml': chartYaml(), 'values.yaml': values }
  try {
    loadChartDirectory(writeChart(join(temporaryFolder(), 'web'), files))
  } catch (error) {
    if (error instanceof PkgError) return error.hint
    throw error
  }
  return undefined
}

test.each([
  ['UTF-16', Buffer.from('\ufeffa: 1\n', 'utf16le'), 'Save the file as UTF-8.'],
  ['Latin-1', Buffer.from('a: \xe9t\xe9\n', 'latin1'), 'Save the file as UTF-8.'],
  ['infinity', Buffer.from('a: .inf\n'), 'JSON has no such number; put quotes around it.'],
  ['no number', Buffer.from('a: .nan\n'), 'JSON has no such number; put quotes around it.'],
  ['a key that is null', Buffer.from('~: 1\n'), 'Put quotes around the key.'],
  ['an open quote', Buffer.from('a: "b\n'), 'Close the quote.'],
  [
    'YAML 1.2',
    Buffer.from('%YAML 1.2\n---\na: 1\n'),
    'Take the line "%YAML" out, or write "%YAML 1.1".',
  ],
  [
    'a control character',
    Buffer.from('a: \x07\n'),
    'Take the character out, or escape it in double quotes, as in "\\x07".',
  ],
])('%s', (_, bytes, advice) => {
  expect(adviceOn(bytes)).toBe(advice)
})
