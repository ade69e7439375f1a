import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts'

/** The values that a strict schema describes, as rows of a Markdown table. */
export function valuesTable(schema: JsonObject): string {
  const rows = valuesOf(schema).map(({ path, schema: each }) =>
    [`\`${path}\``, typeOf(each), `\`${JSON.stringify(each['default'])}\``, description(each)].join(
      ' | ',
    ),
  )
  return ['value | type | default | meaning', '--- | --- | --- | ---', ...rows]
    .map((row) => `| ${row} |\n`)
    .join('')
}

/** A text with the table between its two marks replaced. */
export function withValuesTable(text: string, table: string): string {
  return text.replace(
    /(<!-- values -->\n)[\s\S]*?(<!-- end of values -->)/,
    (_, start: string, end: string) => `${start}\n${table}\n${end}`,
  )
}

/** Values by their paths; what has a default is one value, whatever lies in it. */
export function valuesOf(
  schema: Json,
  path: string[] = [],
): { path: string; schema: JsonObject }[] {
  if (!isJsonObject(schema)) return []
  if (schema['default'] !== undefined) return [{ path: path.join('.'), schema }]
  const { properties } = schema
  if (!isJsonObject(properties)) return []
  return Object.entries(properties).flatMap(([name, each]) => valuesOf(each, [...path, name]))
}

function typeOf({ type = null, enum: choices }: JsonObject): string {
  if (Array.isArray(choices))
    return textsOf(choices)
      .map((each) => `\`${each}\``)
      .join(', ')
  return textsOf(Array.isArray(type) ? type : [type]).join(' or ')
}

function textsOf(list: readonly Json[]): string[] {
  return list.filter((each) => typeof each === 'string')
}

function description({ description: text = '' }: JsonObject): string {
  return typeof text === 'string' ? text.replaceAll('|', '\\|') : ''
}
