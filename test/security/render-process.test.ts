import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runBuilt } from '../support/built-cli.ts'

/*
 * What could end a process, in a process of its own with 1 GiB: it must end with an error of
 * ours, not with one of Node or of the system, and soon.
 */

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'kubectl-pkg-bounds-'))
  mkdirSync(join(cwd, 'web/templates'), { recursive: true })
  writeFileSync(join(cwd, 'web/Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 1.0.0\n')
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

function render(name: string, text: string, args: string[] = []) {
  writeFileSync(join(cwd, 'web/templates', name), text)
  const env = { NODE_OPTIONS: '--max-old-space-size=1024' }
  return runBuilt(['template', 'web', './web', ...args], { cwd, env, processorSeconds: 30 })
}

const deep = (use: string) =>
  `{{ $d := dict }}{{ range until 100000 }}{{ $d = dict "a" $d }}{{ end }}{{ ${use} }}`
const ring = (use: string) => `{{ $_ := set .Values "self" .Values }}{{ ${use} }}`

const doubled = (use: string) =>
  `{{ $d := dict }}{{ range until 60 }}{{ $d = dict "a" $d "b" $d }}{{ end }}{{ ${use} }}`

const DANGERS: { what: string; name?: string; text: string; args?: string[] }[] = [
  {
    what: 'an endless include',
    text: '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
  },
  {
    what: 'an endless template',
    text: '{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}',
  },
  {
    what: 'a doubling text',
    text: '{{ $s := "xxxxxxxx" }}{{ range until 60 }}{{ $s = print $s $s }}{{ end }}',
  },
  {
    what: 'a doubling list',
    text: '{{ $l := list 1 2 }}{{ range until 60 }}{{ $l = concat $l $l }}{{ end }}',
  },
  { what: 'a map 100,000 deep in JSON', text: deep('toJson $d') },
  { what: 'a map 100,000 deep in YAML', text: deep('toYaml $d') },
  { what: 'a map 100,000 deep in TOML', text: deep('toToml $d') },
  { what: 'a map 100,000 deep printed', text: deep('printf "%v" $d') },
  { what: 'a map 100,000 deep copied', text: deep('deepCopy $d | len') },
  { what: 'a map 100,000 deep merged', text: deep('merge (deepCopy $d) $d | len') },
  { what: 'a map 100,000 deep compared', text: deep('deepEqual $d $d') },
  ...['toJson $d', 'toYaml $d', 'toYamlPretty $d', 'toToml $d', 'printf "%v" $d'].map((use) => ({
    what: `${use} of a map that holds 2^60 others`,
    text: doubled(use),
  })),
  ...['$d', 'toString $d', 'deepCopy $d | len', 'merge $d (deepCopy $d)'].map((use) => ({
    what: `${use} of a map that holds 2^60 others`,
    text: doubled(use),
  })),
  { what: 'a ring in JSON', text: ring('toJson .Values') },
  { what: 'a ring in YAML', text: ring('toYaml .Values') },
  { what: 'a ring in TOML', text: ring('toToml .Values') },
  { what: 'a ring copied', text: ring('deepCopy .Values | len') },
  { what: 'deep JSON', text: '{{ fromJsonArray (repeat 1000000 "[") | len }}{{ fail "read" }}' },
  { what: 'deep YAML', text: '{{ fromYamlArray (repeat 1000000 "[") | len }}{{ fail "read" }}' },
  { what: 'a deep expression', text: `{{ regexMatch (repeat 100000 "(") "x" }}` },
  {
    what: 'an expression that repeats',
    text: '{{ regexMatch "((((a{1,100}){1,100}){1,100}){1,100})" "x" }}',
  },
  { what: 'a deep template', text: '{{ if true }}'.repeat(5000) + '{{ end }}'.repeat(4999) },
  { what: 'deep brackets', text: `{{ ${'('.repeat(20_000)} 1 }}` },
  { what: 'a range without end', text: '{{ range untilStep 0 1000000000 1 }}{{ end }}' },
  { what: 'much output', text: '{{ range until 1000000 }}{{ repeat 1000 "x" }}{{ end }}' },
  {
    what: 'a loop in a loop of Handlebars',
    name: 'x.yaml.hbs',
    text: '{{#each (until 10000)}}{{#each (until 10000)}}x{{/each}}{{/each}}',
  },
  {
    what: 'a loop of many calls of Handlebars',
    name: 'x.yaml.hbs',
    // A tenth of what is the default, which takes ten seconds to be spent.
    args: ['--render-fuel', '5000000'],
    text: `{{#each (until 1000000)}}${'{{add 1 2}}'.repeat(400)}{{/each}}`,
  },
  {
    what: 'much output of Handlebars',
    name: 'x.yaml.hbs',
    text: '{{#each (until 100000)}}{{repeat 10000 "x"}}{{/each}}',
  },
]

test.each(DANGERS)('$what ends with an error of ours', ({ name = 'x.yaml', text, args }) => {
  const { code, signal, stderr } = render(name, text, args)
  expect({ code, signal, stderr: stderr.slice(0, 300) }).toMatchObject({
    code: expect.toBeOneOf([6, 9]) as number,
    signal: null,
  })
  expect(stderr).toMatch(/code: [A-Z_]+\n$/)
  expect(stderr).not.toContain('mistake in kubectl-pkg')
})

test('a megabyte of actions is rendered', () => {
  expect(render('x.yaml', '{{ "" }}'.repeat(130_000))).toMatchObject({ code: 0, stdout: '\n' })
})

test('a budget that is spent names the template, its line and the flag that raises it', () => {
  const text = 'a: b\n{{ range until 1000 }}{{ end }}\n'
  const { code, stderr } = render('x.yaml', text, ['--render-fuel', '500'])
  expect(code).toBe(9)
  expect(stderr).toMatch(/x\.yaml:2/)
  expect(stderr).toContain('--render-fuel')
  expect(stderr).toContain('code: RENDER_BUDGET')
  expect(render('x.yaml', text, ['--render-fuel', '50000']).code).toBe(0)
})

test('a Handlebars file that spends its budget is named with its line', () => {
  const loop = 'a: b\n{{#each (until 10000)}}{{#each (until 10000)}}x{{/each}}{{/each}}\n'
  const { code, stderr } = render('x.yaml.hbs', loop, ['--render-fuel', '5000000'])
  expect(code).toBe(9)
  expect(stderr).toContain('web/templates/x.yaml.hbs:2:')
  expect(stderr).toContain('--render-fuel')
  expect(stderr).toContain('code: RENDER_BUDGET')
})

test.runIf(process.platform === 'linux')(
  'a target in which no folder can be made is refused',
  () => {
    writeFileSync(join(cwd, 'web/templates/x.yaml'), CONFIG_MAP)
    const { code, signal, stderr } = runBuilt(
      ['install', 'web', './web', '--target', 'dir:/proc/x'],
      {
        cwd,
      },
    )
    expect({ code, signal }).toEqual({ code: 1, signal: null })
    expect(stderr).toContain("mkdir '/proc/x'")
    expect(stderr).toContain('code: FILE_UNWRITABLE')
  },
)

const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n'
