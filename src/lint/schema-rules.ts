import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import type { Chart } from '../chart/chart.ts'
import { decodeJsonPlain, decodeJson } from '../encoding/json.ts'
import { spanFinder } from '../encoding/yaml-span.ts'
import { fromBytes, toBytes } from '../golang/bytes.ts'
import { GoError } from '../golang/value.ts'
import { schemasUnder } from '../values/schema-places.ts'
import { meantKeyword } from '../values/schema-words.ts'
import { checkAgainstSchema } from '../values/validate.ts'
import type { Findings } from './finding.ts'

/**
 * Tells of what a schema says in vain: keywords that nobody knows and that are nearly one, and
 * defaults that the schema beside them refuses.
 *
 * A schema that cannot be read, or used, has been told of with the values.
 */
export function lintSchema({ schema: data }: Chart, findings: Findings): void {
  const text = fromBytes(data ?? new Uint8Array())
  const root = schemaIn(text)
  if (root === undefined) return
  const find = spanFinder({ name: FILE, text })
  visit(root, [], (schema, path) => {
    const tell = (keyword: string, message: string): void => {
      const span = find([...path, keyword]) ?? { file: FILE }
      const where = span.line === undefined ? '' : `line ${span.line}: `
      findings.check({ severity: 'warning', path: FILE, span }, where + message)
    }
    for (const keyword of Object.keys(schema)) {
      const meant = meantKeyword(keyword)
      if (meant === undefined) continue
      tell(keyword, `"${keyword}" is no keyword of a schema; did you mean "${meant}"?`)
    }
    const refusal = refusalOfDefault(root, schema)
    if (refusal !== undefined) tell('default', `the schema refuses its own default: ${refusal}`)
  })
}

const FILE = 'values.schema.json'

function schemaIn(text: string): JsonObject | undefined {
  try {
    const schema = text === '' ? undefined : decodeJsonPlain(text)
    return isJsonObject(schema) ? schema : undefined
  } catch (error) {
    if (error instanceof GoError) return undefined
    throw error
  }
}

type Visit = (schema: JsonObject, path: readonly string[]) => void

function visit(schema: Json | undefined, path: readonly string[], tell: Visit): void {
  if (!isJsonObject(schema)) return
  tell(schema, path)
  for (const [keyword, value] of Object.entries(schema)) {
    for (const [steps, inner] of schemasUnder(keyword, value)) {
      visit(inner, [...path, ...steps], tell)
    }
  }
}

/** Checks the default as the only value, beside all that the schema may refer to. */
function refusalOfDefault(root: JsonObject, schema: JsonObject): string | undefined {
  if (schema['default'] === undefined || schema['default'] === null) return undefined
  if (isPlainlyOfType(schema)) return undefined
  const { $schema, $defs, definitions, properties } = root
  // Most refer to nothing, and the whole schema would be compiled for each.
  const isAlone = !JSON.stringify(schema).includes('"$ref"')
  const shared = isAlone ? { $schema } : { $schema, $defs, definitions }
  const around = Object.entries(shared).filter(([, each]) => each)
  const all = isAlone || !isJsonObject(properties) ? {} : properties
  const alone = { ...Object.fromEntries(around), properties: { ...all, [ALONE]: schema } }
  const values = decodeJson(JSON.stringify({ [ALONE]: schema['default'] }))
  if (!(values instanceof Map)) return undefined
  const finding = checkAgainstSchema(toBytes(JSON.stringify(alone)), values)
  if (finding?.failure === undefined) return undefined
  const [first = ''] = finding.text.split('\n')
  return first.replace(/^- at '[^']*': /, '')
}

/** Spares the check of what has nothing but a type. */
function isPlainlyOfType(schema: JsonObject): boolean {
  const { type, default: value } = schema
  const isPlain = Object.keys(schema).every((keyword) => PLAIN.has(keyword))
  if (!isPlain) return false
  if (type === 'integer') return Number.isInteger(value)
  return type === typeof value || (type === 'array' && Array.isArray(value))
}

const PLAIN = new Set(['type', 'default', 'title', 'description'])

/** A name that no value has. */
const ALONE = 'the default'
