import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { renderRelease } from '../../../src/actions/render.ts'
import { LIMITS } from '../../../src/base/limits.ts'
import { PkgError } from '../../../src/base/errors.ts'
import { inferSchema } from '../../../src/values/schema-of.ts'
import { valuesTypes } from '../../../src/values/types-of.ts'
import { composeValues } from '../../../src/values/compose-values.ts'
import { viewError } from '../../../src/output/error-view.ts'
import { chartOf, type ChartFiles } from '../../support/chart-builder.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/native-charts.md'), 'utf8')

interface Section {
  title: string
  files: ChartFiles
  /** What the person passes with --values. */
  passed: { name: string; text: string }[]
  outputs: Record<string, string>
  error: string | undefined
  /** What `values schema` and `values types` print. */
  schema: string | undefined
  types: string | undefined
}

/** The examples below one headline: files of a chart, and what they give. */
function sectionOf(text: string): Section {
  const section: Section = {
    title: text.split('\n', 1)[0] ?? '',
    files: {},
    passed: [],
    outputs: {},
    error: undefined,
    schema: undefined,
    types: undefined,
  }
  for (const [, kind = '', path = '', body = ''] of text.matchAll(BLOCK)) {
    if (kind === 'file') section.files[path] = body
    else if (kind === 'passed') section.passed.push({ name: path, text: body })
    else if (kind === 'output') section.outputs[path] = body
    else if (kind === 'schema' || kind === 'types') section[kind] = body
    else section.error = body
  }
  return section
}

const BLOCK = /^```\w+ (file|passed|output|error|schema|types)=?(\S*)\n([\s\S]*?)^```$/gm

/** Output of the named files, or what a person reads of the failure. */
function rendered({ files, passed, outputs }: Section): {
  outputs: Record<string, string>
  error: string | undefined
} {
  const chart = chartOf(files)
  const release = { name: 'demo', namespace: 'shop', revision: 1, isUpgrade: false }
  try {
    const result = renderRelease({
      chart,
      values: composeValues({ files: passed }, 'core'),
      release,
      options: {},
    })
    const texts = result.files.map(({ path, content }) => [path.replace(/^web\//, ''), content])
    const wanted = Object.entries(Object.fromEntries(texts) as Record<string, string>)
    return {
      outputs: Object.fromEntries(wanted.filter(([path]) => path in outputs)),
      error: undefined,
    }
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    return {
      outputs: {},
      error: viewError(error),
    }
  }
}

const sections = page.split(/^## /m).slice(1).map(sectionOf)

test.each(sections.filter(({ files }) => Object.keys(files).length > 0))(
  'the examples of "$title" give what the page says',
  (section) => {
    const { outputs, error } = section
    expect(rendered(section)).toEqual({ outputs, error })
  },
)

test.each(sections.filter(({ schema }) => schema !== undefined))(
  'the schema and the types of "$title" are what the page says',
  async ({ files, schema = '', types }) => {
    const inferred = inferSchema(String(files['values.yaml']), { dialect: 'core' })
    expect(inferred).toEqual(JSON.parse(schema))
    expect(await valuesTypes(inferred)).toBe(types)
  },
)

test('every example has a file and a result', () => {
  const fences = page.match(/^```\w/gm)?.length
  const found = sections.map(({ files, passed, outputs, error, schema, types }) => [
    Object.keys(files).length + passed.length,
    Object.keys(outputs).length +
      [error, schema, types].filter((each) => each !== undefined).length,
  ])
  expect(found.filter(([files, results]) => (files === 0) !== (results === 0))).toEqual([])
  expect(found.flat().reduce((sum, each) => sum + each, 0)).toBe(fences)
})

test('the limits are those of the program', () => {
  const { handlebarsBytes, handlebarsNodes, handlebarsNesting, partialDepth, outputBytes } = LIMITS
  const mebibytes = (bytes: number): string => `${bytes / 1024 ** 2} MiB`
  const words = page.replaceAll(/\s+/g, ' ')
  expect(words).toContain(
    `A template may be ${mebibytes(handlebarsBytes)} large and have ${handlebarsNodes.toLocaleString('en')} tags, nested ${handlebarsNesting} deep; partials may call each other ${partialDepth} deep, and the output of a render may be ${mebibytes(outputBytes)}.`,
  )
})
