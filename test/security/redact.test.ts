import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runBuilt } from '../support/built-cli.ts'

/* Each secret is a word of its own, so that a find says which of them got out, and where. */
const CANARIES = {
  data: 'canaryDataQ1',
  stringData: 'canaryStringDataQ2',
  set: 'canarySetQ3',
  file: 'canaryFileQ4',
  url: 'canaryUrlQ5',
  env: 'canaryEnvQ6',
  nested: 'canaryNestedQ7',
}

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'kubectl-pkg-redact-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

const base64 = (text: string) => Buffer.from(text).toString('base64')

const SECRET = `apiVersion: v1
kind: Secret
metadata:
  name: s
data:
  a: ${base64(CANARIES.data)}
  fromSet: {{ .Values.password | default "" | b64enc }}
stringData:
  b: ${CANARIES.stringData}
  fromFile: {{ .Values.apiKey | default "" | quote }}
  nested: {{ dig "db" "token" "" (.Values | merge dict) | quote }}
`

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(cwd, name, '..'), { recursive: true })
    writeFileSync(join(cwd, name), text)
  }
}

function writeChart(files: Record<string, string> = {}): void {
  write({
    'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'web/values.yaml': 'password: ""\n',
    'web/templates/secret.yaml': SECRET,
    'values.yaml': `apiKey: ${CANARIES.file}\ndb:\n  token: ${CANARIES.nested}\n`,
    ...files,
  })
}

const PASSED = ['-f', 'values.yaml', '--set', `password=${CANARIES.set}`]
const TARGET = ['--target', 'dir:t']

/** Which secrets, plain or in base64, a run printed. */
function leaks(args: string[]): string[] {
  const { stdout, stderr } = runBuilt(args, { cwd, env: { SECRET_OF_MINE: CANARIES.env } })
  const printed = `${stdout}\n${stderr}`
  return Object.entries(CANARIES)
    .filter(([, text]) =>
      [text, base64(text), encodeURIComponent(text)].some((form) => printed.includes(form)),
    )
    .map(([name]) => name)
}

test.each([
  { args: ['install', 'web', './web', ...PASSED, ...TARGET] },
  { args: ['install', 'web', './web', ...PASSED, ...TARGET, '--dry-run'] },
  { args: ['install', 'web', './web', ...PASSED, ...TARGET, '--debug'] },
  { args: ['upgrade', '--install', 'web', './web', ...PASSED, ...TARGET, '--dry-run', '--debug'] },
  { args: ['lint', './web', ...PASSED] },
  { args: ['package', './web'] },
])('$args prints no secret', ({ args }) => {
  writeChart()
  expect(leaks(args)).toEqual([])
})

test('what works with a release prints no secret, but for what is asked for them', () => {
  writeChart()
  runBuilt(['install', 'web', './web', ...PASSED, ...TARGET], { cwd })
  writeChart({
    'web/templates/secret.yaml': SECRET.replace('name: s\n', 'name: s\n  labels: {a: b}\n').replace(
      CANARIES.stringData,
      'other',
    ),
  })
  for (const args of [
    ['upgrade', 'web', './web', ...PASSED, ...TARGET, '--dry-run'],
    ['diff', 'upgrade', 'web', './web', ...PASSED, ...TARGET],
    ['upgrade', 'web', './web', ...PASSED, ...TARGET, '--debug'],
    ['diff', 'web', '1', '2', ...TARGET],
    ['status', 'web', ...TARGET],
    ['list', ...TARGET, '-o', 'json'],
    ['history', 'web', ...TARGET],
    ['rollback', 'web', '1', ...TARGET],
    ['uninstall', 'web', ...TARGET],
  ]) {
    expect({ args, leaks: leaks(args) }).toEqual({ args, leaks: [] })
  }
})

const FAILURES: { failure: string; files?: Record<string, string>; args?: string[] }[] = [
  {
    failure: 'an error of rendering inside a Secret',
    files: { 'web/templates/secret.yaml': SECRET.replace('  b:', '  x: {{ fail "no" }}\n  b:') },
  },
  {
    failure: 'an error of rendering on the line of a secret',
    files: {
      'web/templates/secret.yaml': SECRET.replace(
        CANARIES.stringData,
        `${CANARIES.stringData} {{ nope.x }}`,
      ),
    },
  },
  {
    failure: 'a function that refuses the secret',
    files: {
      'web/templates/secret.yaml': SECRET.replace('| b64enc', '| b64enc | int64 | mustToDate "x" '),
    },
  },
  {
    failure: 'a manifest of a Secret that is no YAML',
    files: { 'web/templates/secret.yaml': `${SECRET}  broken: "${CANARIES.stringData}\n` },
  },
  {
    failure: 'a Secret whose values are no texts',
    files: { 'web/templates/secret.yaml': `${SECRET}  list: [${CANARIES.stringData}\n` },
  },
  {
    failure: 'YAML that is wrong on the line of a secret',
    files: { 'values.yaml': `apiKey: "${CANARIES.file}\n` },
  },
  {
    failure: 'YAML that is wrong below a secret key',
    files: { 'values.yaml': `secrets:\n  inner: "${CANARIES.nested}" x\n` },
  },
  {
    failure: 'a list of secrets that is no YAML',
    files: { 'values.yaml': `passwords:\n- "${CANARIES.file}" x\n` },
  },
  {
    failure: 'a schema that refuses the pattern of a secret',
    files: {
      'web/values.schema.json':
        '{"properties":{"password":{"pattern":"^x$"},"apiKey":{"enum":["x"]},"db":{"properties":{"token":{"format":"email","maxLength":3}}}}}',
    },
  },
  {
    failure: 'a schema that wants another type',
    files: {
      'web/values.schema.json':
        '{"properties":{"password":{"type":"integer"},"apiKey":{"const":1}}}',
    },
  },
  { failure: 'a --set that is no expression', args: ['--set', `password[=${CANARIES.set}`] },
  { failure: 'a --set-json that is no JSON', args: ['--set-json', `password={${CANARIES.set}`] },
  { failure: 'a --set-json of a bad value', args: ['--set-json', `password="${CANARIES.set}`] },
  {
    failure: 'a URL that cannot be reached',
    args: ['-f', `http://me:${CANARIES.url}@127.0.0.1:1/v?token=${CANARIES.url}`],
  },
  { failure: 'a flag that does not exist', args: [`--pasword=${CANARIES.set}`] },
]

test.each(FAILURES)('$failure prints no secret', ({ files = {}, args = [] }) => {
  writeChart(files)
  for (const verb of [
    ['install', 'web', './web', ...TARGET, '--debug'],
    ['install', 'web', './web', ...TARGET, '-o', 'json'],
    ['lint', './web', '--strict'],
  ]) {
    const all = [...verb, ...PASSED, ...args]
    expect({ verb, leaks: leaks(all) }).toEqual({ verb, leaks: [] })
  }
})

test('what shows secrets does so because that is asked of it', () => {
  writeChart()
  runBuilt(['install', 'web', './web', ...PASSED, ...TARGET], { cwd })
  expect(leaks(['template', 'web', './web', ...PASSED])).toEqual([
    'data',
    'stringData',
    'set',
    'file',
    'nested',
  ])
  expect(leaks(['get', 'manifest', 'web', ...TARGET])).toContain('data')
  expect(leaks(['get', 'values', 'web', ...TARGET])).toEqual(['set', 'file', 'nested'])
  expect(
    leaks([
      'install',
      'two',
      './web',
      ...PASSED,
      ...TARGET,
      '-n',
      'two',
      '--dry-run',
      '--show-secrets',
    ]),
  ).toContain('data')
})
