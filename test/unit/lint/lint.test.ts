import { expect, test } from 'vitest'
import { join } from 'node:path'
import { lint, type LintResult } from '../../../src/actions/lint.ts'
import Lint from '../../../src/commands/lint.ts'
import { chartYaml, writeChart, type ChartFiles } from '../../support/chart-builder.ts'
import { runCli } from '../../support/run-cli.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

function folder(files: ChartFiles): string {
  const all = { 'Chart.yaml': chartYaml(), 'values.yaml': 'a: 1\n', ...files }
  return writeChart(join(temporaryFolder(), 'web'), all)
}

function lintFolder(files: ChartFiles, warnings: string[] = []): LintResult {
  return lint({
    paths: [folder(files)],
    valuesFor: () => new Map(),
    namespace: 'default',
    kubeVersion: undefined,
    skipSchemaValidation: false,
    strictValues: false,
    withSubcharts: false,
    strict: false,
    hygiene: false,
    onWarning: (warning) => warnings.push(warning),
  })
}

/** Where each warning and error is, as far as it is known. */
function places(files: ChartFiles): (string | undefined)[] {
  const [chart] = lintFolder(files).charts
  return (chart?.findings ?? [])
    .filter(({ severity }) => severity !== 'info')
    .map(
      ({ span }) => span && [span.file, span.line].filter((part) => part !== undefined).join(':'),
    )
}

const POD = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n'

test.each<[about: string, files: ChartFiles, want: string[]]>([
  [
    'a key of Chart.yaml',
    { 'Chart.yaml': chartYaml('web', 'icon: none\n'), 'templates/a.yaml': '' },
    ['Chart.yaml:4'],
  ],
  [
    'an unknown key',
    { 'Chart.yaml': chartYaml('web', 'a: 1\n'), 'templates/a.yaml': '' },
    ['Chart.yaml:4'],
  ],
  [
    'a key that stands twice',
    { 'Chart.yaml': chartYaml('web', 'home: a\nhome: b\n'), 'templates/a.yaml': '' },
    ['Chart.yaml:5'],
  ],
  [
    'values that are no YAML',
    { 'values.yaml': 'a: 1\nb: [\n', 'templates/a.yaml': '' },
    ['values.yaml:2', 'values.yaml:2', 'values.yaml:2'],
  ],
  [
    'a template that fails',
    { 'templates/a.yaml': `${POD}{{ index .Values.a "x" }}\n` },
    ['web/templates/a.yaml:5'],
  ],
  [
    'an object in a template',
    { 'templates/a.yaml': `${POD}---\nkind: Pod\nmetadata:\n  name: A\n` },
    ['templates/a.yaml:6'],
  ],
  ['output that is no YAML', { 'templates/a.yaml': `${POD}spec: [\n` }, ['templates/a.yaml:5']],
  [
    'a CRD',
    { 'templates/a.yaml': '', 'crds/a.yaml': '# nothing\n---\nkind: X\n' },
    ['crds/a.yaml:3', 'crds/a.yaml:3'],
  ],
])('%s is told with its place', (_, files, want) => {
  expect(places(files)).toEqual(want)
})

test('what required and fail complain of is told as warnings of the run', () => {
  const warnings: string[] = []
  const template = `${POD}# {{ required "b is needed" .Values.b }}{{ fail "never" }}\n`
  const result = lintFolder({ 'templates/a.yaml': template }, warnings)
  expect([result.failed, warnings]).toEqual([0, ['b is needed', 'never']])
})

test('a native chart has Handlebars files, which are checked as others are', async () => {
  const path = folder({
    'templates/a.yaml.hbs':
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{upper Release.Name}}\n',
    'templates/_p.hbs': 'x',
    'templates/b.md': 'x',
  })
  const { code, stdout } = await runCli(Lint, [path, '--quiet'])
  expect(code).toBe(1)
  expect(String(stdout)).toBe(
    [
      `==> Linting ${path}`,
      '[WARNING] templates/a.yaml.hbs: object name does not conform to Kubernetes naming requirements: ' +
        `"TEST-RELEASE": metadata.name: Invalid value: "TEST-RELEASE": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      "[ERROR] templates/b.md: file extension '.md' not valid. Valid extensions are .yaml, .yml, .tpl, .txt, or .hbs",
      '',
      '',
    ].join('\n'),
  )
})

test('-o json gives findings as data', async () => {
  const path = folder({ 'Chart.yaml': chartYaml('web', 'icon: none\n'), 'templates/a.yaml': '' })
  const { code, stdout } = await runCli(Lint, [path, '-o', 'json'])
  expect(code).toBe(1)
  expect(JSON.parse(String(stdout))).toEqual({
    charts: [
      {
        path,
        failed: true,
        findings: [
          {
            severity: 'error',
            path: 'Chart.yaml',
            message: "invalid icon URL 'none'",
            file: 'Chart.yaml',
            line: 4,
            column: 1,
          },
        ],
      },
    ],
    linted: 1,
    failed: 1,
  })
})

test('--values-hygiene adds findings, which --strict makes fail', async () => {
  const path = folder({ 'values.yaml': 'a: yes\n', 'templates/a.yaml': '' })
  const plain = await runCli(Lint, [path, '--strict'])
  const strict = await runCli(Lint, [path, '--strict', '--values-hygiene'])
  expect([plain.code, strict.code]).toEqual([0, 1])
  expect(String(strict.stdout)).toContain(
    '[WARNING] values.yaml: line 1: "yes" is read as true; write true, or quote it for the text\n',
  )
})

test('a chart without Chart.yaml is told of in Helm’s words, with the file that is meant beside them', async () => {
  const path = writeChart(join(temporaryFolder(), 'web'), { 'chart.yaml': chartYaml() })
  const { stdout, stderr } = await runCli(Lint, [path])
  expect(String(stdout)).toBe(
    `==> Linting ${path}\nError unable to check Chart.yaml file in chart: stat ${path}/Chart.yaml: no such file or directory\n\n`,
  )
  expect(stderr).toContain('hint: Rename chart.yaml to Chart.yaml.\n')
})

test('values that nobody reads are told of', async () => {
  const files = { 'Chart.yaml': chartYaml(), 'values.yml': 'a: 1\n' }
  const helm = writeChart(join(temporaryFolder(), 'web'), { ...files, 'templates/a.yaml': '' })
  const { stdout, stderr } = await runCli(Lint, [helm])
  expect(String(stdout)).not.toContain('values.yml')
  expect(stderr).toBe('warning: values.yml: is not read; rename it to values.yaml\n')
  const native = writeChart(join(temporaryFolder(), 'web'), {
    ...files,
    'templates/a.yaml.hbs': '',
  })
  const result = await runCli(Lint, [native])
  expect(String(result.stdout)).toContain(
    '[WARNING] values.yml: is not read; rename it to values.yaml\n',
  )
})

test.each(['Chart.yaml', 'values.yaml'])('%s of a chart is no file of objects', async (name) => {
  const files = { 'Chart.yaml': chartYaml(), 'values.yaml': 'a: 1\n', 'templates/a.yaml': '' }
  const path = join(writeChart(join(temporaryFolder(), 'web'), files), name)
  const { stdout, stderr } = await runCli(Lint, [path])
  expect(String(stdout)).toBe(
    `==> Linting ${path}\nError unable to check Chart.yaml file in chart: stat ${path}/Chart.yaml: not a directory\n\n`,
  )
  expect(stderr).toContain('hint: It is in the chart "web"; name the folder of that.\n')
})

test('a value of a later document that no template reads is told with its line', async () => {
  const files = { 'Chart.yaml': chartYaml(), 'values.yaml': 'a: 1\n', 'templates/a.yaml': '' }
  const path = writeChart(join(temporaryFolder(), 'web'), {
    ...files,
    'my.yaml': 'a: 1\n---\n\nb: 2\n',
  })
  const { stdout } = await runCli(Lint, [path, '-f', join(path, 'my.yaml')])
  expect(String(stdout)).toContain('/my.yaml: line 4: no template reads b\n')
})

test('a finding without a line has none as YAML either', async () => {
  const files = { 'Chart.yaml': chartYaml(), 'values.yaml': '', 'templates/a.yaml': '' }
  const path = writeChart(join(temporaryFolder(), 'web'), files)
  const { stdout } = await runCli(Lint, [path, '-o', 'yaml'])
  expect(String(stdout)).toContain('icon is recommended')
  expect(String(stdout)).not.toContain('null')
})
