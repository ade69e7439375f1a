import { expect, test } from 'vitest'
import { PkgError } from '../../../src/base/errors.ts'
import { chartFullPath, chartPath, isNative } from '../../../src/chart/chart.ts'
import { packageChart } from '../../../src/chart/package-chart.ts'
import { int64 } from '../../../src/golang/value.ts'
import { chartOf, chartYaml, type ChartFiles } from '../../support/chart-builder.ts'

function failure(files: ChartFiles): PkgError {
  try {
    chartOf(files)
  } catch (error) {
    if (error instanceof PkgError) return error
    throw error
  }
  throw new Error('it was loaded')
}

function names(files: readonly { name: string }[]): string[] {
  return files.map((file) => file.name)
}

test('each file finds its place', () => {
  const chart = chartOf({
    'Chart.yaml': chartYaml(),
    'Chart.lock': 'digest: sha256:0\ngenerated: "2026-01-01T00:00:00Z"\n',
    'values.yaml': 'a: 1\n',
    'values.schema.json': '{}',
    'templates/x.yaml': 'x',
    'crds/c.yaml': 'c',
    'charts/db/Chart.yaml': chartYaml('db'),
    'charts/db/templates/y.yaml': 'y',
    'charts/db-1.0.0.tgz.prov': 'signed',
    'templates.txt': 't',
  })
  expect(chart.lock).toEqual({
    generated: '2026-01-01T00:00:00Z',
    digest: 'sha256:0',
    dependencies: [],
    lacksList: true,
  })
  expect(chart.values).toEqual(new Map([['a', 1]]))
  expect(Buffer.from(chart.schema ?? []).toString()).toBe('{}')
  expect(names(chart.templates)).toEqual(['templates/x.yaml'])
  expect(names(chart.files)).toEqual(['crds/c.yaml', 'charts/db-1.0.0.tgz.prov', 'templates.txt'])
  expect(chart.raw).toHaveLength(10)
  const [db] = chart.subcharts
  expect(db?.parent).toBe(chart)
  expect(db && names(db.templates)).toEqual(['templates/y.yaml'])
  expect(db && [chartPath(db), chartFullPath(db)]).toEqual(['web/charts/db', 'web.db'])
})

test('subcharts may be folders or archives; names with _ or . in front are left out', () => {
  const archive = packageChart(chartOf({ 'Chart.yaml': chartYaml('cache') })).bytes
  const chart = chartOf({
    'charts/cache-1.0.0.tgz': archive,
    'charts/db/Chart.yaml': chartYaml('db'),
    'charts/db/charts/deep/Chart.yaml': chartYaml('deep'),
    'charts/_off/Chart.yaml': 'no: chart',
    'charts/.git/x': '',
  })
  expect(chart.subcharts.map(({ metadata }) => metadata.name)).toEqual(['cache', 'db'])
  expect(chart.subcharts[1]?.subcharts.map(chartPath)).toEqual(['web/charts/db/charts/deep'])
})

// Wanted: what Helm 4.1.4 prints, but for the last row, where it says "unexpected EOF".
test.each([
  {
    files: { 'charts/foo/x': '' },
    want: 'error unpacking subchart foo in web: Chart.yaml file is missing',
  },
  {
    files: { 'charts/README.md': 'hi' },
    want: 'error unpacking subchart README.md in web: Chart.yaml file is missing',
  },
  {
    files: { 'charts/x.tgz/a': 'hi' },
    want: 'error unpacking subchart tar in web: expected x.tgz, got x.tgz/a',
  },
  {
    files: { 'charts/x.tgz': 'hi' },
    want: 'error unpacking subchart x.tgz in web: unexpected EOF',
  },
  {
    files: { 'charts/x.tgz': 'hello, I am no archive' },
    want: 'error unpacking subchart x.tgz in web: gzip: invalid header',
  },
])('a subchart that is none: $want', ({ files, want }) => {
  const { code, message } = failure(files)
  expect({ code, message }).toEqual({ code: 'CHART_INVALID', message: want })
})

test('an error in a subchart names its file from the outermost chart', () => {
  const { message, span } = failure({
    'charts/a/Chart.yaml': chartYaml('a'),
    'charts/a/charts/b/Chart.yaml': chartYaml('b'),
    'charts/a/charts/b/values.yaml': 'x: 1\ny: [\n',
  })
  expect(message).toMatch(
    /^error unpacking subchart a in web: error unpacking subchart b in a: cannot load values.yaml: /,
  )
  expect(span).toMatchObject({ file: 'charts/a/charts/b/values.yaml' })
})

test('requirements.yaml gives a v1 chart its dependencies and stays a file', () => {
  const chart = chartOf({
    'Chart.yaml': 'name: web\nversion: 1.0.0\n',
    'requirements.yaml': 'dependencies: [{name: db, repository: x}]\n',
    'requirements.lock': 'digest: sha256:0\n',
  })
  expect(chart.metadata).toEqual({
    apiVersion: 'v1',
    name: 'web',
    version: '1.0.0',
    dependencies: [{ name: 'db', repository: 'x' }],
  })
  expect(chart.lock?.digest).toBe('sha256:0')
  expect(names(chart.files)).toEqual(['requirements.yaml', 'requirements.lock'])
  expect(chart.warnings).toEqual([])
})

test('in a v2 chart requirements.yaml counts too, is no file, and is warned of', () => {
  const chart = chartOf({
    'requirements.yaml': 'dependencies: [{name: db, repository: x}]\n',
    'requirements.lock': '',
  })
  expect(chart.metadata.dependencies).toEqual([{ name: 'db', repository: 'x' }])
  expect(names(chart.files)).toEqual([])
  expect(chart.warnings).toEqual([
    {
      file: 'requirements.yaml',
      message:
        'Dependencies are handled in Chart.yaml since apiVersion "v2". We recommend migrating dependencies to Chart.yaml.',
    },
    {
      file: 'requirements.lock',
      message:
        'Dependency locking is handled in Chart.lock since apiVersion "v2". We recommend migrating to Chart.lock.',
    },
  ])
})

test('a deprecated chart is warned of', () => {
  const chart = chartOf({ 'Chart.yaml': chartYaml('web', 'deprecated: true\n') })
  expect(chart.warnings).toEqual([{ file: 'Chart.yaml', message: 'this chart is deprecated' }])
})

test('a key that stands twice is warned of with both lines, the last one counts', () => {
  const chart = chartOf({
    'values.yaml': 'a: 1\n---\nb:\n  c: 1\n  c: 2\n',
    'charts/db/Chart.yaml': chartYaml('db'),
    'charts/db/values.yaml': 'x: 1\nx: 2\n',
  })
  expect(chart.values).toEqual(
    new Map<string, unknown>([
      ['a', 1],
      ['b', new Map([['c', 2]])],
    ]),
  )
  expect(chart.warnings).toEqual([
    { file: 'values.yaml', line: 5, message: 'key "c" is also in line 4; the last one counts' },
    {
      file: 'charts/db/values.yaml',
      line: 2,
      message: 'key "x" is also in line 1; the last one counts',
    },
  ])
})

// Wanted: `.Values` of the same file in Helm 4.1.4, or its error.
test.each<{ text: string; want: unknown }>([
  { text: '', want: {} },
  { text: 'a: 1\n--- # c\nb: 2\n', want: { a: 1, b: 2 } },
  { text: 'a: 1\n---   \nb: {c: 1}\n---\nb: {d: 2}\na: ~\n', want: { a: null, b: { c: 1, d: 2 } } },
  { text: '---\n---\na: 1\n', want: { a: 1 } },
  { text: 'a: 1\n...\nb: 2\n---\nc: 3\n', want: { a: 1, c: 3 } },
  { text: 'a: 1\r\n---\r\nb: 2\r\n', want: { a: 1, b: 2 } },
  { text: 'a: 1\n---', want: { a: 1 } },
  { text: '---\na: 1\n---\n# c\n---\nb: 2\n', want: { a: 1, b: 2 } },
])('values.yaml $text', ({ text, want }) => {
  expect(plain(chartOf({ 'values.yaml': text }).values)).toEqual(want)
})

function plain(value: unknown): unknown {
  if (!(value instanceof Map)) return value
  return Object.fromEntries(Array.from(value, ([key, item]) => [key as string, plain(item)]))
}

// Wanted: what Helm 4.1.4 prints.
test.each([
  {
    text: '- a\n',
    want: 'cannot load values.yaml: cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}',
  },
  {
    text: 'a: b: c\n',
    want: 'cannot load values.yaml: cannot unmarshal yaml document: error converting YAML to JSON: yaml: mapping values are not allowed in this context',
  },
  {
    text: 'a: 1\n--- b: 2\n',
    want: 'cannot load values.yaml: error reading yaml document: invalid Yaml document separator: b: 2',
  },
  {
    text: 'a: 1\n---\t# x\n- b\n',
    want: 'cannot load values.yaml: cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}',
  },
])('values.yaml $text is refused', ({ text, want }) => {
  expect(failure({ 'values.yaml': text }).message).toBe(want)
})

test('an error in a later document of values.yaml has its line in the file', () => {
  expect(failure({ 'values.yaml': 'a: 1\n---\nb: 1\nc: d: e\n' }).span).toMatchObject({
    file: 'values.yaml',
    line: 4,
  })
})

// Wanted: what Helm 4.1.4 prints.
test.each([
  {
    text: 'generated: foo\n',
    want: 'parsing time "foo" as "2006-01-02T15:04:05Z07:00": cannot parse "foo" as "2006"',
  },
  {
    text: 'generated: 2024-01-01\n',
    want: 'parsing time "2024-01-01" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"',
  },
  { text: 'generated: 5\n', want: 'Time.UnmarshalJSON: input is not a JSON string' },
  {
    text: 'dependencies: x\n',
    want: 'json: cannot unmarshal string into Go struct field Lock.dependencies of type []*v2.Dependency',
  },
  { text: '- x\n', want: 'json: cannot unmarshal array into Go value of type v2.Lock' },
  {
    text: 'dependencies: [{name: [a]}]\n',
    want: 'json: cannot unmarshal array into Go struct field Dependency.dependencies.name of type string',
  },
])('Chart.lock $text is refused', ({ text, want }) => {
  expect(failure({ 'Chart.lock': text }).message).toBe(
    `cannot load Chart.lock: error unmarshaling JSON: while decoding JSON: ${want}`,
  )
})

test('an empty Chart.lock is none', () => {
  expect(chartOf({ 'Chart.lock': '' }).lock).toBeUndefined()
})

test('values of a native chart are YAML 1.2', () => {
  const values = { 'values.yaml': 'a: yes\nb: 010\n' }
  const native = chartOf({ ...values, 'templates/x.yaml.hbs': '' })
  expect([isNative(native), plain(native.values)]).toEqual([true, { a: 'yes', b: int64(10) }])
  const helm = chartOf({ ...values, 'templates/x.yaml': '' })
  expect([isNative(helm), plain(helm.values)]).toEqual([false, { a: true, b: 8 }])
})
