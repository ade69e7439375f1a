import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decodeJsonMap } from '../../src/encoding/json.ts'
import { toBytes } from '../../src/golang/bytes.ts'
import { type GoMap, type Value, withType } from '../../src/golang/value.ts'
import { TemplateSet } from '../../src/gotmpl/template-set.ts'
import { sprigFunctions } from '../../src/sprig/index.ts'

interface Row {
  template: string
  output?: string
  outputBase64?: string
  error?: string
}

// The rows are what Helm 4.1.4 printed; record-functions.mjs says how to record them anew.
const folder = join(import.meta.dirname, 'functions')
const families = readdirSync(folder).filter((name) => name.endsWith('.jsonl'))

describe.each(families)('%s', (family) => {
  const rows = readFileSync(join(folder, family), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row)

  test('every row gives what Helm gives', () => {
    const wrong = rows
      .map((row) => ({ template: row.template, want: wanted(row), got: run(row) }))
      .filter(({ want, got }) => want !== got)
    if (process.env['SHOW']) console.log(wrong.length, rows.length, JSON.stringify(wrong.slice(0, Number(process.env['SHOW'])), undefined, 1))
    expect(wrong).toEqual([])
  })
})

function wanted({ output, outputBase64, error }: Row): string {
  if (error !== undefined) return `error: ${error.trimEnd()}`
  return outputBase64 ?? Buffer.from(output ?? '').toString('base64')
}

const functions = sprigFunctions()

function run({ template }: Row): string {
  const set = new TemplateSet(functions, { name: 'rows', missingKey: 'zero' })
  try {
    set.parse('row', template)
    return toBytes(set.execute('row', context())).toString('base64')
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const [, message = error.message] = /^[\s\S]*>: ([\s\S]*)$/.exec(error.message) ?? []
    return `error: ${message.trimEnd()}`
  }
}

function context(): Value {
  const values = decodeJsonMap(readFileSync(join(folder, 'values.json'), 'utf8')) as GoMap
  return new Map<string, Value>([['Values', withType(values, { name: 'common.Values' })]])
}
