import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeYaml, decodeYamlMap } from '../../../src/encoding/yaml-decode.ts'
import { YamlError } from '../../../src/encoding/yaml-error.ts'
import type { Value } from '../../../src/golang/value.ts'

/** What Helm 4.1.4 printed for `fromYaml`, `toJson` and `fromYamlArray` of each text. */
interface Row {
  text: string
  /** JSON of the map; of `{Error: …}` where Helm refuses the text. */
  json: string
  /** Helm's error; empty where there is none. */
  err: string
  /** JSON of the list. */
  arr?: string
}

/** Rows whose outcome hangs on the order in which Go walks a map. */
const RANDOM = new Set(['1: a\n1.0: b\n"1": c\n'])

const golden = join(import.meta.dirname, '../../conformance/golden')

test.each(['yaml-scalars', 'yaml-documents'])(
  'every text of %s.json is read as by Helm',
  (name) => {
    const rows = JSON.parse(readFileSync(join(golden, `${name}.json`), 'utf8')) as Row[]
    const decided = rows.filter(({ text }) => !RANDOM.has(text))
    const wanted = decided.map(({ text, json, err }) => ({
      text,
      outcome: err === '' ? canonical(JSON.parse(json) as unknown) : err,
    }))
    const got = decided.map(({ text }) => ({ text, outcome: outcomeOf(text) }))
    expect(got).toEqual(wanted)
  },
)

test('every list of yaml-documents.json is read as by Helm', () => {
  const rows = JSON.parse(readFileSync(join(golden, 'yaml-documents.json'), 'utf8')) as Row[]
  const lists = rows.filter(({ err }) => err.includes('cannot unmarshal array'))
  const wanted = lists.map(({ text, arr }) => ({ text, list: JSON.parse(arr ?? '') as unknown }))
  const got = lists.map(({ text }) => ({ text, list: toPlain(decodeYaml(text)) }))
  expect(got).toEqual(wanted)
})

function outcomeOf(text: string): string {
  try {
    return canonical(toPlain(decodeYamlMap(text)))
  } catch (error) {
    if (error instanceof YamlError) return error.unmarshalMessage
    throw error
  }
}

function toPlain(value: Value): unknown {
  if (Array.isArray(value)) return value.map((item) => toPlain(item))
  if (!(value instanceof Map)) return value
  return Object.fromEntries([...value].map(([key, item]) => [key, toPlain(item)]))
}

/** JSON with sorted keys that keeps -0. */
function canonical(value: unknown): string {
  if (Object.is(value, -0)) return '-0'
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`
}
