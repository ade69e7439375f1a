import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PkgError } from '../../src/base/errors.ts'
import { assembleChart } from '../../src/chart/assemble-chart.ts'
import { openBudget } from '../../src/chart/budget.ts'
import { chartPath, type Chart } from '../../src/chart/chart.ts'
import { encodeJson } from '../../src/encoding/json.ts'
import { decodeYamlMap } from '../../src/encoding/yaml-decode.ts'
import { typeName, type GoMap, type Value } from '../../src/golang/value.ts'
import { coalesceValues } from '../../src/values/coalesce.ts'
import { composeValues, type ValueSources } from '../../src/values/compose-values.ts'
import { resolveSubcharts } from '../../src/values/dependencies.ts'
import { chart, rejection, siblings } from '../unit/values/support.ts'

/* What Helm 4.1.4 made of the rows; record-values.mjs records them. */

interface SetRow {
  flags: string[]
  values?: string
  json?: string
  types?: string[]
  error?: string
}

interface ChartRow {
  files: Record<string, string>
  flags: string[]
  seen?: Record<string, string>
  warnings?: string[]
  error?: string
}

interface SchemaRow {
  schema: string
  values: string
  error: string
}

describe('--set and its kin', () => {
  test.each(rows<SetRow>('set'))('$flags over $values', (row) => {
    const defaults = decodeYamlMap(row.values ?? '')
    const found = outcome(() => {
      const files: Record<string, string> = {
        'Chart.yaml': 'apiVersion: v2\nname: t\nversion: 0.1.0\n',
        ...(row.values === undefined ? {} : { 'values.yaml': row.values }),
      }
      const values = composeValues(sources(row.flags, files), 'helm')
      return coalesceValues(chart('t', { values: defaults }), values)
    })
    if (typeof found === 'string') expect(found).toBe(row.error)
    else expect([encodeJson(found), typesOf(found, '')]).toEqual([row.json, row.types])
  })
})

describe('the values that each chart sees', () => {
  test.each(rows<ChartRow>('charts'))('$files with $flags', (row) => {
    const warnings = new Set<string>()
    const found = outcome(() => {
      const root = chartOf(row.files)
      const values = composeValues(sources(row.flags, {}), 'helm')
      const warn = (text: string) => warnings.add(text)
      const resolved = resolveSubcharts(root, values, warn)
      return seenBy(resolved.chart, coalesceValues(resolved.chart, resolved.values, { onWarning: warn }))
    })
    if (typeof found === 'string') expect(found).toBe(row.error)
    else expect(found).toEqual(row.seen)
    if (row.warnings !== undefined) {
      expect([...warnings].map(plain).sort()).toEqual(row.warnings.map(plain).sort())
    }
  })
})

describe('values.schema.json', () => {
  test.each(rows<SchemaRow>('schemas'))('$schema of $values', ({ schema, values, error }) => {
    const found = rejection({ schema, values })
    expect(siblings(found.replace(FETCHED, '$1'))).toEqual(siblings(error.replace(FETCHED, '$1')))
  })
})

/** What Helm says when it fails to fetch, of which only the beginning is the same for us. */
const FETCHED = /(failing loading "[^"]*"): .*/

function rows<T>(name: string): T[] {
  const text = readFileSync(join(import.meta.dirname, 'values', `${name}.jsonl`), 'utf8')
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T)
}

/** The result, or the message of the failure. */
function outcome<T>(run: () => T): T | string {
  try {
    return run()
  } catch (error) {
    if (error instanceof PkgError) return error.message.trimEnd()
    throw error
  }
}

function sources(flags: string[], files: Record<string, string>): ValueSources {
  const of = (flag: string) => flags.filter((_, at) => flags[at - 1] === flag && at % 2 === 1)
  return {
    setJson: of('--set-json'),
    set: of('--set'),
    setString: of('--set-string'),
    setFile: of('--set-file'),
    setLiteral: of('--set-literal'),
    readText: (path) => {
      const text = files[path]
      if (text !== undefined) return text
      const message = `failed parsing --set-file data: open ${path}: no such file or directory`
      throw new PkgError('FILE_UNREADABLE', message)
    },
  }
}

function chartOf(texts: Record<string, string>): Chart {
  const files = Object.entries(texts).map(([name, text]) => ({ name, data: Buffer.from(text) }))
  return assembleChart({ files, origin: 'p', budget: openBudget() })
}

/** Values of each chart by the folder of its templates. */
function seenBy(each: Chart, values: GoMap): Record<string, string> {
  const seen = { [chartPath(each)]: encodeJson(values) }
  for (const subchart of each.subcharts) {
    Object.assign(seen, seenBy(subchart, values.get(subchart.metadata.name) as GoMap))
  }
  return seen
}

function typesOf(value: Value, path: string): string[] {
  if (value instanceof Map) {
    const keys = [...value.keys()].sort()
    return keys.flatMap((key) => typesOf(value.get(key) ?? null, `${path}/${key}`))
  }
  if (Array.isArray(value)) return value.flatMap((item, at) => typesOf(item, `${path}/${at}`))
  return `${path} ${typeName(value)}`.split('\n')
}

/** Helm's log quotes what it appends. */
function plain(warning: string): string {
  return warning.replaceAll(/\\?"/g, '')
}
