import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decodeJsonMap } from '../../src/encoding/json.ts'
import { toBytes } from '../../src/golang/bytes.ts'
import { type GoMap, type Value, withType } from '../../src/golang/value.ts'
import { TemplateSet } from '../../src/gotmpl/template-set.ts'
import { sprigFunctions } from '../../src/sprig/index.ts'

/** A template and what Helm 4.1.4 makes of it; record-functions.mjs says how it is recorded. */
interface Row {
  template: string
  output?: string
  /** Output that is no UTF-8. */
  outputBase64?: string
  error?: string
}

const FOLDER = join(import.meta.dirname, 'functions')
const VALUES = readFileSync(join(FOLDER, 'values.json'), 'utf8')
const FAMILIES = readdirSync(FOLDER).filter((name) => name.endsWith('.jsonl'))
/** Making keys and hashing passwords takes its time on a busy machine. */
const TIMEOUT = 120_000

const functions = sprigFunctions()

describe.each(FAMILIES)('%s', (family) => {
  const rows = readFileSync(join(FOLDER, family), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row)

  test(
    'every row gives what Helm gives',
    () => {
      const wrong = rows
        .map((row) => ({ template: row.template, wanted: wanted(row), got: run(row.template) }))
        .filter(({ wanted, got }) => wanted !== got)
      expect(wrong).toEqual([])
    },
    TIMEOUT,
  )
})

test('there are rows for every function', () => {
  const templates = FAMILIES.map((name) => readFileSync(join(FOLDER, name), 'utf8')).join('\n')
  const words = new Set(templates.match(/\w+/g))
  const missing = [...functions.keys()].filter((name) => !words.has(name) && !OWN.has(name))
  expect(missing).toEqual([])
})

/** Helm has its own of these, with other errors. */
const OWN = new Set(['fail', 'fromJson', 'toJson', 'mustToJson'])

function wanted({ output = '', outputBase64, error }: Row): string {
  if (error !== undefined) return `error: ${error.trimEnd()}`
  return outputBase64 === undefined ? output : `base64: ${outputBase64}`
}

function run(template: string): string {
  const set = new TemplateSet(functions, { name: 'rows', missingKey: 'zero' })
  try {
    set.parse('row', template)
    return printed(toBytes(set.execute('row', context())))
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const [, message = error.message] = /^[\s\S]*>: ([\s\S]*)$/.exec(error.message) ?? []
    // Recorded errors were read as UTF-8.
    return `error: ${toBytes(message).toString('utf8').trimEnd()}`
  }
}

function printed(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  return Buffer.from(text).equals(bytes) ? text : `base64: ${bytes.toString('base64')}`
}

/** Fresh for each row, because some change their values. */
function context(): Value {
  const values = decodeJsonMap(VALUES) as GoMap
  return new Map<string, Value>([['Values', withType(values, { name: 'common.Values' })]])
}
