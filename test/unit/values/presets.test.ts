import { expect, test } from 'vitest'
import { PkgError } from '../../../src/base/errors.ts'
import { loadValues, type GivenValues } from '../../../src/cli/read-values.ts'
import type { Io } from '../../../src/cli/io.ts'
import { encodeJson } from '../../../src/encoding/json.ts'
import { presetNames } from '../../../src/values/presets.ts'
import { chartOf, type ChartFiles } from '../../support/chart-builder.ts'

const CHART: ChartFiles = {
  'templates/x.yaml.hbs': 'a: 1\n',
  'presets/small.yaml': 'replicas: 1\nimage: {tag: slim}\n',
  'presets/ha.yaml': 'replicas: 3\nspread: true\n',
  'presets/README.md': 'not one',
  'presets/old/x.yaml': 'not: one\n',
}

const io: Io = {
  out: () => undefined,
  err: () => undefined,
  stdin: () => Buffer.from('replicas: 7\n'),
  env: {},
  cwd: '.',
  isTerminal: false,
  isErrTerminal: false,
  columns: 80,
  rows: 24,
  now: () => 0,
}

async function valuesOf(given: GivenValues, files = CHART): Promise<string> {
  const values = await loadValues(given, io)
  return encodeJson(values(chartOf(files)))
}

test('a preset is read from the chart, and later ones win over earlier ones', async () => {
  expect(await valuesOf({ preset: ['small'] })).toBe('{"image":{"tag":"slim"},"replicas":1}')
  expect(await valuesOf({ preset: ['small', 'ha'] })).toBe(
    '{"image":{"tag":"slim"},"replicas":3,"spread":true}',
  )
})

test('files and --set win over a preset', async () => {
  const given = { preset: ['ha'], values: ['-'], set: ['spread=false'] }
  expect(await valuesOf(given)).toBe('{"replicas":7,"spread":false}')
})

// YAML 1.2 knows no boolean "yes" and "on", and writes octal numbers as 0o17.
test('a preset is read in the dialect of the chart', async () => {
  const big = { 'presets/big.yaml': 'on: yes\nsize: 0o17\n' }
  expect(await valuesOf({ preset: ['big'] }, { ...CHART, ...big })).toBe('{"on":"yes","size":15}')
  const helm = { 'templates/x.yaml': 'a: 1\n', ...big }
  expect(await valuesOf({ preset: ['big'] }, helm)).toBe('{"size":15,"true":true}')
})

test('presets are the YAML files of presets/ itself', () => {
  expect(presetNames(chartOf(CHART))).toEqual(['ha', 'small'])
})

test.each([
  { name: 'nope', files: CHART, hint: 'Take one of: ha, small.' },
  { name: '../values', files: CHART, hint: 'Take one of: ha, small.' },
  {
    name: 'big',
    files: { ...CHART, 'presets/big.yml': 'replicas: 9\n' },
    hint: 'The chart has presets/big.yml, which is none: presets end in ".yaml".',
  },
  {
    name: 'ha',
    files: {},
    hint: 'The chart has no presets; give values with --values or --set.',
  },
])('the preset "$name" of $files is refused', async ({ name, files, hint }) => {
  const failure = await valuesOf({ preset: [name] }, files).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(PkgError)
  const { code, message, hint: told } = failure as PkgError
  expect({ code, message, hint: told }).toEqual({
    code: 'PRESET_NOT_FOUND',
    message: `there is no preset "${name}" in chart "web"`,
    hint,
  })
})

test('a preset that is no YAML is told with its place in the chart', async () => {
  const files = { ...CHART, 'presets/bad.yaml': 'a: 1\nb: [\n' }
  const failure = (await valuesOf({ preset: ['bad'] }, files).catch(
    (error: unknown) => error,
  )) as PkgError
  expect(failure.code).toBe('VALUES_UNREADABLE')
  expect(failure.span?.file).toBe('web/presets/bad.yaml')
})
