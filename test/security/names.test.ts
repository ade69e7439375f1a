import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import Install from '../../src/commands/install.ts'
import List from '../../src/commands/list.ts'
import Status from '../../src/commands/status.ts'
import Template from '../../src/commands/template.ts'
import { oracle, runHelm } from '../support/oracle.ts'
import { runCli } from '../support/run-cli.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kubectl-pkg-names-'))
  write({
    'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'web/templates/a.yaml': CONFIG_MAP,
  })
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const CONFIG_MAP =
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Values.name | default "x" | quote }}\n  namespace: {{ .Values.namespace | default .Release.Namespace | quote }}\ndata:\n  release: {{ .Release.Name | quote }}\n'

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true })
    writeFileSync(join(root, name), text)
  }
}

const chart = () => join(root, 'web')
const target = () => `--target=dir:${join(root, 't')}`
const tree = () => readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()

/** Runs a command; gives exit, what it printed, and which files there are that were not. */
async function run(command: Parameters<typeof runCli>[0], args: string[]) {
  const before = tree()
  const { code, stdout, stderr } = await runCli(command, args)
  const added = tree().filter((path) => !before.includes(path))
  return { code, stdout: stdout.toString(), stderr, added }
}

test.each(['y', 'null', '1e3', '0', 'a.b', 'a'.repeat(53)])(
  'a release may be called %s',
  async (name) => {
    const { code, stdout } = await run(Template, [name, chart()])
    expect(code).toBe(0)
    expect(stdout).toContain(`release: "${name}"`)
  },
)

const BAD_NAMES = [
  '-x',
  '--set',
  '$(id)',
  ';',
  'a;b',
  'a\nb',
  'é',
  '..',
  '.',
  'a/b',
  'A',
  'a_b',
  '.a',
  'a.',
  '\u001b[31m',
  'a'.repeat(54),
]

test.each(BAD_NAMES)('no release is called %j, and nothing is written', async (name) => {
  for (const [command, args] of [
    [Template, []],
    [Install, [target()]],
    [Install, [target(), '--dry-run']],
  ] as const) {
    const { code, stderr, stdout, added } = await run(command, [...args, '--', name, chart()])
    expect({ code, added, stdout }).toEqual({ code: 6, added: [], stdout: '' })
    expect(stderr).toContain('code: RELEASE_NAME_INVALID')
    expect(stderr).not.toContain('\u001b')
  }
  expect((await run(Status, [target(), '--', name])).code).toBe(6)
})

test.each([
  '..',
  '../x',
  '_cluster',
  '.kubectl-pkg',
  'A',
  'a/b',
  'a.b',
  '$(id)',
  '-x',
  'a'.repeat(64),
])('a namespace %j is refused by the directory, which stays as it is', async (namespace) => {
  for (const args of [[`--namespace=${namespace}`], ['--set-string', `namespace=${namespace}`]]) {
    const { code, added } = await run(Install, ['web', chart(), target(), ...args])
    expect({ args, code }).not.toMatchObject({ code: 0 })
    expect(added.filter((path) => !path.startsWith('t/.kubectl-pkg/locks'))).toEqual(
      ['t', 't/.kubectl-pkg'].filter((path) => added.includes(path)),
    )
  }
  expect((await run(List, [target(), `--namespace=${namespace}`])).stdout).not.toContain('web')
})

test.each(['..', '.', '../../x', 'a/b', '%2e%2e', 'a\u0000b', 'x'.repeat(300)])(
  'an object %j is no file of the directory',
  async (name) => {
    write({ 'values.yaml': JSON.stringify({ name }) })
    const { code, added } = await run(Install, [
      'web',
      chart(),
      target(),
      '-f',
      join(root, 'values.yaml'),
    ])
    expect(code).toBe(6)
    expect(added.filter((path) => /^[^t]|\.yaml$/.test(path))).toEqual([])
  },
)

test.each(['system:node', 'a b', 'a\nb', 'é', '-rf', '.hidden', '$(id)', 'CON'])(
  'an object %j is one file below its namespace',
  async (name) => {
    write({ 'values.yaml': JSON.stringify({ name }) })
    const { code, added } = await run(Install, [
      'web',
      chart(),
      target(),
      '-f',
      join(root, 'values.yaml'),
    ])
    expect(code).toBe(0)
    const files = added.filter((path) => path.startsWith('t/default/'))
    expect(files).toHaveLength(1)
    expect(files[0]).toMatch(/^t\/default\/configmap-[A-Za-z0-9._%-]+\.yaml$/)
  },
)

test('objects whose names differ in case alone are two files', async () => {
  const one = (name: string) => CONFIG_MAP.replace('{{ .Values.name | default "x" | quote }}', name)
  write({ 'web/templates/a.yaml': one('same'), 'web/templates/b.yaml': one('SAME') })
  const { added } = await run(Install, ['web', chart(), target()])
  expect(added.filter((path) => path.endsWith('.yaml'))).toHaveLength(2)
})

const KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf']
const WAYS = `{{- $deep := fromJson .Values.json }}
values: {{ toJson .Values.own }}
passed: {{ toJson .Values.passed }}
set: {{ toJson .Values.set }}
json: {{ toJson $deep }}
merged: {{ toJson (merge (dict "a" 1) $deep) }}
written: {{ toJson (set (dict) "__proto__" (dict "x" 1)) }}
made: {{ toJson (dict "__proto__" 1 "constructor" (dict "prototype" 2)) }}
picked: {{ toJson (pick .Values.own "__proto__") }}
keys: {{ keys .Values.own | sortAlpha | toJson }}
got: {{ list (get .Values.own "__proto__") (dig "constructor" "x" "none" .Values.own) | toJson }}
has: {{ hasKey (dict) "__proto__" }} {{ hasKey (dict) "toString" }} {{ hasKey .Values.own "toString" }}
missing: {{ .Values.toStringX }} {{ .Values.nope | default "none" }}
annotations: {{ toJson .Chart.Annotations }}
`

function writePrototypes(): string[] {
  const map = JSON.stringify(Object.fromEntries(KEYS.map((key) => [`"${key}"`, 1]))).replaceAll(
    String.raw`\"`,
    '',
  )
  const nested = `{${KEYS.map((key) => `"${key}":{"x":1,"${key}":{"y":2}}`).join()}}`
  write({
    'web/Chart.yaml':
      'apiVersion: v2\nname: web\nversion: 1.0.0\nannotations:\n  __proto__: a\n  constructor: b\n',
    'web/values.yaml': `own: ${nested}\njson: ${JSON.stringify(nested)}\n`,
    'passed.yaml': `passed: ${nested}\n__proto__: {polluted: true}\nconstructor: {prototype: {polluted: true}}\n`,
    'web/templates/a.yaml': WAYS,
  })
  expect(map).toContain('__proto__')
  return [
    '-f',
    join(root, 'passed.yaml'),
    ...KEYS.flatMap((key) => ['--set', `set.${key}.x=1,__proto__.x=1,constructor.prototype.x=1`]),
    '--set-json',
    'set.more={"__proto__":{"z":1}}',
  ]
}

test.runIf(oracle('helm') !== undefined)(
  'keys named as JavaScript’s own are data, as with the real Helm',
  async () => {
    const args = [...writePrototypes()]
    const { code, stdout, stderr } = await run(Template, ['web', chart(), ...args])
    const helm = runHelm(['template', 'web', chart(), ...args])
    expect({ code, stderr, stdout }).toEqual({ code: 0, stderr: '', stdout: helm.stdout })
    expect(stdout).toContain('"__proto__":{"__proto__":{"y":2},"x":1}')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  },
)

test('keys named as JavaScript’s own are data in Handlebars too', async () => {
  writePrototypes()
  rmSync(join(root, 'web/templates/a.yaml'))
  write({
    'web/values.yaml': '__proto__: {x: 1}\nconstructor: {name: own}\nempty: {}\n',
    'web/templates/a.yaml.hbs':
      'own: {{toJson values}}\nproto: {{values.__proto__.x}}\nname: {{values.constructor.name}}\ninherited: [{{values.empty.constructor}}{{values.empty.toString}}{{values.empty.__proto__}}]\nlooked: [{{lookup values.empty "constructor"}}]\n',
  })
  const { code, stdout } = await run(Template, ['web', chart()])
  expect(code).toBe(0)
  expect(stdout).toContain(
    'own: {"__proto__":{"x":1},"constructor":{"name":"own"},"empty":{}}\nproto: 1\nname: own\ninherited: []\nlooked: []\n',
  )
})

const ESCAPES = '\u001b[31mred\u001b]0;title\u0007\u202eevil\u200b\u009b2J'

/** As a YAML string of ASCII alone, for YAML holds no control characters as they are. */
const quoted = (text: string) =>
  JSON.stringify(text).replaceAll(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

test('what a chart says reaches a terminal without what it would obey', async () => {
  write({
    'web/Chart.yaml': `apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: ${quoted(ESCAPES)}\n`,
    'web/templates/NOTES.txt': `notes ${ESCAPES}\n`,
    'bad/Chart.yaml': `apiVersion: v2\nname: ${quoted(ESCAPES)}\nversion: 1.0.0\n`,
    'bad2/Chart.yaml': 'apiVersion: v2\nname: bad2\nversion: 1.0.0\n',
    'bad2/templates/a.yaml': `x: {{ fail ${JSON.stringify(ESCAPES)} }}\n`,
  })
  const runs = [
    await run(Install, ['web', chart(), target(), '--description', ESCAPES]),
    await run(List, [target()]),
    await run(Status, ['web', target()]),
    await run(Template, ['web', join(root, 'bad')]),
    await run(Template, ['web', join(root, 'bad2')]),
    await run(Template, ['web', chart(), '--show-only', ESCAPES]),
    await run(Template, ['web', chart(), '-f', ESCAPES]),
    await run(Template, ['web', chart(), '--set', `a[${ESCAPES}=1`]),
  ]
  for (const { stdout, stderr } of runs) {
    expect(stdout + stderr).not.toMatch(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e]/,
    )
  }
  expect(runs[0]?.stdout).toContain(String.raw`\x1b[31mred`)
  const json = await run(List, [target(), '-o', 'json'])
  // As with Helm, what cannot be printed is taken from the metadata when the chart is read.
  expect((JSON.parse(json.stdout) as { app_version: string }[])[0]?.app_version).toBe(
    '[31mred]0;titleevil2J',
  )
  expect(json.stdout).not.toContain('\u001b')
})
