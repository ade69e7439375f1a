import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import ValuesSchema from '../../../src/commands/values/schema.ts'
import ValuesTypes from '../../../src/commands/values/types.ts'
import { chartYaml, writeChart } from '../../support/chart-builder.ts'
import { runCli } from '../../support/run-cli.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const VALUES = '# -- Pods that run.\nreplicas: 2\nname: web\n'

const SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: {
    replicas: { description: 'Pods that run.', type: 'number', default: 2 },
    name: { type: 'string', default: 'web' },
  },
}

function chart(files: Record<string, string> = {}): string {
  return writeChart(join(temporaryFolder(), 'web'), {
    'Chart.yaml': chartYaml(),
    'values.yaml': VALUES,
    ...files,
  })
}

test('a schema is inferred from values.yaml and its comments', async () => {
  const { code, stdout } = await runCli(ValuesSchema, [chart()])
  const schema = JSON.parse(String(stdout)) as { properties: Record<string, { type: string }> }
  expect(code).toBe(0)
  // A Helm chart's numbers are float64; whole ones may be told from others all the same.
  schema.properties['replicas'] = { ...schema.properties['replicas'], type: 'number' }
  expect(schema).toMatchObject(SCHEMA)
})

test('--write makes values.schema.json and replaces none', async () => {
  const folder = chart()
  const path = join(folder, 'values.schema.json')
  const printed = await runCli(ValuesSchema, [folder])
  const wrote = await runCli(ValuesSchema, [`${folder}/`, '--write'])
  expect([wrote.code, String(wrote.stdout), wrote.stderr]).toEqual([0, '', `wrote ${path}\n`])
  expect(readFileSync(path, 'utf8')).toBe(String(printed.stdout))

  const again = await runCli(ValuesSchema, [folder, '--write'])
  expect(again.code).toBe(1)
  expect(again.stderr).toBe(
    `Error: ${path} is there already\n  hint: Pass --force to replace it.\n  code: FILE_UNWRITABLE\n`,
  )
  expect((await runCli(ValuesSchema, [folder, '--write', '--force'])).code).toBe(0)
})

test('types follow the schema of the chart, and its values without one', async () => {
  const own = chart({
    'values.schema.json': '{"type":"object","properties":{"mode":{"enum":["a","b"]}}}',
  })
  const bySchema = await runCli(ValuesTypes, [own, '--name', 'WebValues'])
  expect(String(bySchema.stdout)).toBe("export interface WebValues {\n  mode?: 'a' | 'b'\n}\n")
  const byValues = await runCli(ValuesTypes, [chart()])
  expect(String(byValues.stdout)).toBe(
    'export interface Values {\n  /**\n   * Pods that run.\n   */\n  replicas?: number\n  name?: string\n}\n',
  )
})

test('types go to a file when one is named', async () => {
  const file = join(temporaryFolder(), 'values.ts')
  const { stdout } = await runCli(ValuesTypes, [chart(), '--output-file', file])
  expect(String(stdout)).toBe('')
  expect(readFileSync(file, 'utf8')).toMatch(/^export interface Values \{/)
})

test.each([
  ['true', 'export interface Values {\n  [k: string]: unknown\n}\n'],
  ['false', 'export type Values = never\n'],
])('a schema that is %s has types', async (schema, types) => {
  const { stdout } = await runCli(ValuesTypes, [chart({ 'values.schema.json': schema })])
  expect(String(stdout)).toBe(types)
})

test('a schema that is no object has no types', async () => {
  const { code, stderr } = await runCli(ValuesTypes, [chart({ 'values.schema.json': '[]' })])
  expect(code).toBe(6)
  expect(stderr).toMatch(
    /^Error: values.schema.json cannot be read: .*\n.*got array, want boolean or object\n/,
  )
})

test('a file that cannot be written is told with what to do', async () => {
  const folder = temporaryFolder()
  const into = async (file: string): Promise<string> => {
    const { stderr } = await runCli(ValuesTypes, [chart(), '--output-file', file])
    return /hint: .*/.exec(stderr)?.[0] ?? stderr
  }
  expect(await into(folder)).toBe('hint: It is a folder; name a file in it.')
  const below = join(folder, 'none', 'values.ts')
  expect(await into(below)).toBe(`hint: Make the folder "${join(folder, 'none')}" first.`)
})

test.each(['', ' ', '123', '-'])('a type cannot be named "%s"', async (name) => {
  const { code, stderr } = await runCli(ValuesTypes, [chart(), '--name', name])
  expect([code, stderr]).toEqual([
    1,
    `Error: "${name}" can be no name of a type\n  hint: Give a word, for example --name WebValues.\n  code: USAGE\n`,
  ])
})
