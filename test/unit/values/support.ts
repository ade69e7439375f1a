import { PkgError } from '../../../src/base/errors.ts'
import type { Chart } from '../../../src/chart/chart.ts'
import { decodeJson } from '../../../src/encoding/json.ts'
import type { GoMap } from '../../../src/golang/value.ts'
import { validateValues } from '../../../src/values/validate.ts'

interface Parts {
  schema?: unknown
  values?: GoMap
  parent?: Chart
  native?: boolean
}

/** A chart that is all in memory. */
export function chart(name: string, parts: Parts = {}): Chart {
  const { schema, values = new Map(), parent, native = false } = parts
  const template = { name: 'templates/a.yaml.hbs', data: new Uint8Array() }
  return {
    metadata: { apiVersion: 'v2', name, version: '0.1.0' },
    lock: undefined,
    templates: native ? [template] : [],
    values,
    schema: schema === undefined ? undefined : Buffer.from(JSON.stringify(schema)),
    files: [],
    subcharts: [],
    parent,
    raw: [],
    origin: name,
    warnings: [],
  }
}

/** The message with which a chart named `t` refuses the values; empty when it takes them. */
export function rejection({ schema, values }: { schema: string; values: string }): string {
  try {
    const one = chart('t')
    one.schema = Buffer.from(schema)
    validateValues(one, decodeJson(values) as GoMap)
    return ''
  } catch (error) {
    if (error instanceof PkgError) return error.message.trimEnd()
    throw error
  }
}

/**
 * The lines of a message with those below one line in order, because Helm itself gives
 * siblings in any order.
 */
export function siblings(message: string): string[] {
  return sortBlock(message.split('\n').map(withSortedNames), 0)
}

function sortBlock(lines: string[], indent: number): string[] {
  const start = `${'  '.repeat(indent)}- `
  const blocks: string[][] = []
  for (const line of lines) {
    if (line.startsWith(start) || blocks.length === 0) blocks.push([line])
    else blocks.at(-1)?.push(line)
  }
  const sorted = blocks.map(([head = '', ...rest]) => [
    head,
    ...(rest.length > 0 ? sortBlock(rest, head.startsWith(start) ? indent + 1 : indent) : []),
  ])
  return sorted.sort((a, b) => (a.join('\n') < b.join('\n') ? -1 : 1)).flat()
}

function withSortedNames(line: string): string {
  return line.replace(
    /additional properties (.*) not allowed/,
    (_, names: string) =>
      `additional properties ${names.split(', ').sort().join(', ')} not allowed`,
  )
}
