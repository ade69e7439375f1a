import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { TemplateError } from '../../src/gotmpl/template-error.ts'
import { TemplateSet } from '../../src/gotmpl/template-set.ts'
import { rowValue, templateFunctions } from '../support/template-functions.ts'

interface Row {
  template: string
  data?: unknown
  missingKey?: 'zero' | 'default' | 'error'
  output?: string
  error?: string
}

/** Recorded from Go's text/template by record-gotmpl.mjs. */
const { data, rows } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'gotmpl', 'rows.json'), 'utf8'),
) as { data: unknown; rows: Row[] }

describe.each([
  ['prints what Go prints', rows.filter((row) => row.output !== undefined)],
  ['fails in the words of Go', rows.filter((row) => row.error !== undefined)],
])('a template %s', (_, some) => {
  test.each(some)('$template $missingKey $data', (row) => {
    const { output, error } = row
    const wanted = error === undefined ? { output } : { error }
    expect(render(row)).toEqual(wanted)
    if (canBeRead(row)) expect(renderAgain(row)).toEqual(wanted)
  })
})

const FILE = 'c/t.yaml'

function render(row: Row): { output: string } | { error: string } {
  return execute(row, (set) => set.parse(FILE, row.template))
}

/** Renders with what a set keeps that has read the template before. */
function renderAgain(row: Row): { output: string } | { error: string } {
  const before = setOf(row)
  before.parse(FILE, row.template)
  return execute(row, (set) => {
    set.restore([{ name: FILE, text: row.template }], before.keep())
  })
}

function canBeRead(row: Row): boolean {
  try {
    setOf(row).parse(FILE, row.template)
    return true
  } catch (error) {
    if (error instanceof TemplateError) return false
    throw error
  }
}

function execute(row: Row, read: (set: TemplateSet) => void) {
  const set = setOf(row)
  try {
    read(set)
    const output = set.execute(FILE, rowValue('data' in row ? row.data : data))
    return { output }
  } catch (error) {
    if (error instanceof TemplateError) return { error: error.message }
    throw error
  }
}

function setOf({ missingKey = 'zero' }: Row): TemplateSet {
  const set: TemplateSet = new TemplateSet(
    templateFunctions(() => set),
    { missingKey },
  )
  return set
}
