import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { array, constantFrom, letrec, oneof, sample, tuple } from 'fast-check'
import { expect, test } from 'vitest'
import { decodeYamlMap } from '../../../src/encoding/yaml-decode.ts'
import { YamlError } from '../../../src/encoding/yaml-error.ts'
import type { Value } from '../../../src/golang/value.ts'
import { oracle, runHelm } from '../../support/oracle.ts'

const TEMPLATE = `results:
{{- range $path, $_ := .Files.Glob "cases/*" }}
- {{ $.Files.Get $path | fromYaml | toJson | b64enc | quote }}
{{- end }}
`

// Texts without meaning, which are mostly refused, and block YAML, which is mostly read.
test.skipIf(oracle('helm') === undefined).each([
  { kind: 'random text', texts: () => sample(randomText(), { numRuns: 700, seed: 1 }) },
  { kind: 'random block YAML', texts: () => sample(blockYaml(), { numRuns: 700, seed: 2 }) },
])('$kind is read as by the real Helm', ({ texts }) => {
  const cases = texts()
  const outcomes = helmOutcomes(cases)
  const got = cases.map((text) => ({ text, outcome: outcomeOf(text) }))
  expect(got).toEqual(cases.map((text, index) => ({ text, outcome: outcomes[index] })))
})

function randomText() {
  const words = ['a', ': ', ':', '- ', '\n', '\n  ', ' ', '[', ']', '{', '}', ', ', '"', "'", '#']
  const odd = ['| ', '>', '&x ', '*x', '!!str ', '!!int ', '---\n', '...', '? ', '\t', '\r\n']
  const scalars = [
    '1',
    'yes',
    '\\',
    '~',
    '<<: ',
    'é',
    '😀',
    '\u0085',
    '\u2028',
    '.5',
    '0x1F',
    '"b"',
  ]
  return array(constantFrom(...words, ...odd, ...scalars), { maxLength: 20 }).map((parts) =>
    parts.join(''),
  )
}

/** Maps and lists with all forms of scalars; what is deeper is indented by two spaces more. */
function blockYaml() {
  const scalar = constantFrom(...SCALARS)
  const key = constantFrom('a', 'b', 'c-d', 'e.f/g', '"h i"', "'j'", 'k l', 'yes', '1.50', '<<x')
  const { node } = letrec<{ node: string; map: string; list: string }>((tie) => ({
    node: oneof({ maxDepth: 3 }, scalar, tie('map'), tie('list')),
    map: array(tuple(key, tie('node')), { minLength: 1, maxLength: 3 }).map(mapText),
    list: array(tie('node'), { minLength: 1, maxLength: 3 }).map(listText),
  }))
  return array(tuple(key, node), { minLength: 1, maxLength: 4 }).map((pairs) =>
    mapText(pairs).slice(2).replaceAll('\n\0', '\n'),
  )
}

/** A collection starts with a line feed, and its lines with a NUL where indentation goes. */
function mapText(pairs: [string, string][]): string {
  return pairs.map(([key, value]) => `\n\0${key}:${indent(value)}`).join('')
}

function listText(items: string[]): string {
  return items.map((item) => `\n\0-${indent(item)}`).join('')
}

function indent(value: string): string {
  const text = value.replaceAll('\n\0', '\n\0  ').replaceAll(/\n(?=[^\0\n])/g, '\n\0')
  return value.startsWith('\n') || value === '' ? text : ` ${text}`
}

/** Reads all texts in one run of Helm, each as a file of a chart. */
function helmOutcomes(texts: readonly string[]): unknown[] {
  const chart = mkdtempSync(join(tmpdir(), 'kubectl-pkg-yaml-'))
  try {
    mkdirSync(join(chart, 'templates'))
    mkdirSync(join(chart, 'cases'))
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: cases\nversion: 1.0.0\n')
    writeFileSync(join(chart, 'templates', 'results.yaml'), TEMPLATE)
    for (const [index, text] of texts.entries()) {
      writeFileSync(join(chart, 'cases', String(index).padStart(5, '0')), text)
    }
    const { stdout } = runHelm(['template', chart])
    return [...stdout.matchAll(/^- "(.*)"$/gm)].map(
      ([, json = '']) => JSON.parse(Buffer.from(json, 'base64').toString()) as unknown,
    )
  } finally {
    rmSync(chart, { recursive: true })
  }
}

function outcomeOf(text: string): unknown {
  try {
    return toPlain(decodeYamlMap(text))
  } catch (error) {
    if (error instanceof YamlError) return { Error: error.unmarshalMessage }
    throw error
  }
}

function toPlain(value: Value): unknown {
  if (Array.isArray(value)) return value.map((item) => toPlain(item))
  if (!(value instanceof Map)) return value
  return Object.fromEntries([...value].map(([key, item]) => [key, toPlain(item)]))
}

const SCALARS = [
  'x',
  'two words',
  '12',
  '-0x1f',
  '1e3',
  'true',
  'off',
  '~',
  '""',
  '"a\\tb"',
  "'it''s'",
  '[a, {b: 1, "c": d}]',
  '{}',
  '[]',
  '|\n  text\n\n  more',
  '>-\n  folded\n  text',
  '|+\n  x\n\n',

  'a # comment',
  'http://host:80/#x',
  'first\n  second',
  '&a y',
  '!!str 1',
  '"open\n  line"',
  '',
]
