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
    expect(render(row)).toEqual(error === undefined ? { output } : { error })
  })
})

function render(row: Row): { output: string } | { error: string } {
  const set: TemplateSet = new TemplateSet(
    templateFunctions(() => set),
    { missingKey: row.missingKey ?? 'zero' },
  )
  try {
    set.parse('c/t.yaml', row.template)
    const output = set.execute('c/t.yaml', rowValue('data' in row ? row.data : data))
    return { output }
  } catch (error) {
    if (error instanceof TemplateError) return { error: error.message }
    throw error
  }
}
