import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { template } from '../../src/actions/template.ts'
import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts'
import { loadChartDirectory } from '../../src/chart/read-directory.ts'
import { encodeJson } from '../../src/encoding/json.ts'
import { composeValues } from '../../src/values/compose-values.ts'
import { inferSchema } from '../../src/values/schema-of.ts'
import { valuesTypes } from '../../src/values/types-of.ts'
import { expectGolden } from '../support/golden.ts'
import { valuesOf, valuesTable, withValuesTable } from '../support/values-table.ts'

const root = join(import.meta.dirname, '..', '..', 'charts')
const charts = readdirSync(root).filter((name) => existsSync(join(root, name, 'Chart.yaml')))

function read(chart: string, file: string): string {
  return readFileSync(join(root, chart, file), 'utf8')
}

function schemaOf(chart: string): JsonObject {
  return JSON.parse(read(chart, 'values.schema.json')) as JsonObject
}

test.each(charts)('%s: its README lists its values', (chart) => {
  const text = read(chart, 'README.md')
  const file = join(root, chart, 'README.md')
  expectGolden(file, withValuesTable(text, valuesTable(schemaOf(chart))))
})

test.each(charts)('%s: values.yaml and values.schema.json say the same', (chart) => {
  const said = valuesOf(schemaOf(chart)).map(({ path, schema }) => ({
    path,
    description: schema['description'],
    default: schema['default'],
  }))
  const comments = inferSchema(read(chart, 'values.yaml'), { dialect: 'core' })
  const wanted = said.map(({ path }) => {
    const found = path.split('.').reduce(property, comments)
    return { path, description: found['description'], default: defaultOf(found) }
  })
  expect(said).toEqual(wanted)
})

test.each(charts)('%s: its schema knows every value, and no other names', (chart) => {
  expect(loose(schemaOf(chart), '')).toEqual([])
})

test.each(charts)('%s: types can be made of its schema', async (chart) => {
  const types = await valuesTypes(schemaOf(chart))
  expect(types).toContain('export interface Values')
  expect(types).not.toContain('[k: string]: unknown | undefined')
})

test.each(charts.flatMap(examplesOf))('the README of $chart, example $at: $of renders', ({ of, text }) => {
  const { output } = template({
    chart: loadChartDirectory(join(root, of)),
    values: composeValues({ files: [{ name: 'README.md', text }] }, 'core'),
    release: { name: 'edge', namespace: 'edge' },
    options: {},
  })
  expect(output).toMatch(/^kind: /m)
})

test('the types compile, strictly, and the defaults are of them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-pkg-types-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const files = await Promise.all(
    charts.map(async (chart) => {
      const file = join(folder, `${chart}.ts`)
      const { values } = loadChartDirectory(join(root, chart))
      const defaults = `export const defaults: Values = ${encodeJson(values)}`
      const wrong = `// @ts-expect-error: no chart has a value of this name\nexport const wrong: Values = { valeus: 1 }`
      writeFileSync(file, [await valuesTypes(schemaOf(chart)), defaults, wrong].join('\n'))
      return file
    }),
  )
  const compiler = join(root, '..', 'node_modules', 'typescript', 'bin', 'tsc')
  const flags = ['--strict', '--noEmit', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess']
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...flags, ...files], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
})

interface Example {
  chart: string
  at: number
  /** The chart whose values these are. */
  of: string
  text: string
}

/** Values in the README of a chart: of its own, or of the chart that they are told to go to. */
function examplesOf(chart: string): Example[] {
  const blocks = [...read(chart, 'README.md').matchAll(/^```yaml\n([\s\S]*?)^```$/gm)]
  return blocks.map(([, text = ''], at) => {
    const names = Object.keys(parse(text) as object)
    const takes = (each: string): boolean =>
      names.every((name) => name in (schemaOf(each)['properties'] as object))
    return { chart, at, text, of: [chart, ...charts].find(takes) ?? `no chart has ${names.join()}` }
  })
}

function property(schema: JsonObject, name: string): JsonObject {
  const { properties } = schema
  const found = isJsonObject(properties) ? properties[name] : undefined
  return isJsonObject(found) ? found : {}
}

/** The default of a map is made of the defaults in it. */
function defaultOf(schema: JsonObject): Json | undefined {
  const { properties } = schema
  if (!isJsonObject(properties)) return schema['default']
  const entries = Object.entries(properties).map(([name, each]) => [
    name,
    defaultOf(each as JsonObject),
  ])
  return Object.fromEntries(entries) as Json
}

/** Where charts beside this one have values too. */
const SHARED = '.global'

/** Paths of what is not described, or lets any name in where the chart says what there is. */
function loose(schema: Json, path: string): string[] {
  if (!isJsonObject(schema)) return []
  const { properties, description, additionalProperties } = schema
  const isMap = isJsonObject(properties)
  return [
    ...(path === '' || typeof description === 'string' ? [] : [`${path} is not described`]),
    ...(isMap && additionalProperties !== false && path !== SHARED ? [`${path} lets any name in`] : []),
    ...(isMap
      ? Object.entries(properties).flatMap(([name, each]) => loose(each, `${path}.${name}`))
      : []),
  ]
}
