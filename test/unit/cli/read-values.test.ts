import { expect, test } from 'vitest'
import type { Io } from '../../../src/cli/io.ts'
import { loadValues } from '../../../src/cli/read-values.ts'
import { encodeJson } from '../../../src/encoding/json.ts'

/** Standard input that is there once. */
function withInput(text: string): Io {
  const parts = [text]
  return { env: {}, stdin: () => Buffer.from(parts.shift() ?? '') } as unknown as Io
}

// Wanted: what Helm 4.1.4 makes of the same flags and input.
test.each([
  { flags: { 'set-file': ['x=-', 'y=-'] }, want: '{"x":"of: one\\n","y":""}' },
  { flags: { 'set-file': ['y=-,x=-'] }, want: '{"x":"","y":"of: one\\n"}' },
  { flags: { values: ['-'], 'set-file': ['x=-'] }, want: '{"of":"one","x":""}' },
])('of standard input the first of $flags takes all', async ({ flags, want }) => {
  const valuesFor = await loadValues(flags, withInput('of: one\n'))
  // The values may be made for several charts.
  expect([valuesFor(undefined), valuesFor(undefined)].map((values) => encodeJson(values))).toEqual([
    want,
    want,
  ])
})
