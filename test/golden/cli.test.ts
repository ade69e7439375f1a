import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseTranscript, runTranscript, type Step } from '../support/transcript.ts'
import { parseSchemaJson } from '../../src/values/schema-json.ts'
import { compileSchema } from '../../src/values/schema-compile.ts'
import { describeFailure } from '../../src/values/schema-failure.ts'
import { validateSchema } from '../../src/values/schema-validate.ts'

const home = process.cwd()
const cases = join(import.meta.dirname, 'cases')
const schemas = join(import.meta.dirname, '..', '..', 'schemas')

beforeEach(() => process.chdir(mkdtempSync(join(tmpdir(), 'kubectl-pkg-golden-'))))

afterEach(() => {
  const folder = process.cwd()
  process.chdir(home)
  rmSync(folder, { recursive: true })
})

// What is wanted was printed by an earlier run, read by a person and committed;
// UPDATE_GOLDEN=1 writes it anew.
test.each(readdirSync(cases))('%s', async (name) => {
  const file = join(cases, name)
  const wanted = readFileSync(file, 'utf8')
  const { text, steps } = await runTranscript(parseTranscript(wanted))
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text)
  else expect(text).toBe(wanted)
  expect(steps.flatMap(offences)).toEqual([])
})

/** Where JSON that a step printed breaks the published schema. */
function offences({ argv, run }: Step): string[] {
  const line = argv.join(' ')
  if (!/-o json|--output json/.test(line)) return []
  const found = run.code > 0 && run.stderr !== '' ? check('error', run.stderr) : []
  const [, verb = ''] = /^kubectl pkg (drift|history|list|plan) /.exec(line) ?? []
  if (verb !== '' && run.code === 0 && !line.includes('-q')) found.push(...check(verb, run.stdout))
  return found.map((offence) => `${line}: ${offence}`)
}

function check(name: string, document: string): string[] {
  const schema = readFileSync(join(schemas, `${name}.schema.json`), 'utf8')
  const failure = validateSchema(compileSchema(schema), parseSchemaJson(document))
  return failure === undefined ? [] : [describeFailure(failure)]
}
