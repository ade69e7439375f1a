import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { fieldText, textAt, type FieldPath } from './field-path.ts'

/** The fields of Kubernetes' own kinds; see schemas/record-kubernetes-fields.mjs for the form. */
export interface KubeFields {
  /** Types by `GROUP/VERSION KIND`. */
  kinds: ReadonlyMap<string, string>
  /** Fields by type; each is `[type, whether it must be there]`. */
  fieldsOf: (type: string) => ReadonlyMap<string, FieldSpec> | undefined
}

interface FieldSpec {
  type: string
  isRequired: boolean
}

/** A field that the API server would refuse. */
export interface FieldProblem {
  path: FieldPath
  message: string
}

/** Reads the table that is recorded from an API server; types are read when they are first met. */
export function readKubeFields(text: string): KubeFields {
  const kinds = new Map<string, string>()
  const lines = new Map<string, string>()
  const types = new Map<string, ReadonlyMap<string, FieldSpec>>()
  for (const line of text.trimEnd().split('\n')) {
    const [, apiVersion = '', kind = '', type = ''] = /^kind (\S+) (\S+) (\S+)$/.exec(line) ?? []
    if (type !== '') kinds.set(`${apiVersion} ${kind}`, type)
    else lines.set(line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1))
  }
  const fieldsOf = (type: string): ReadonlyMap<string, FieldSpec> | undefined => {
    const line = lines.get(type)
    if (line === undefined) return undefined
    const fields = types.get(type) ?? readFields(line)
    types.set(type, fields)
    return fields
  }
  return { kinds, fieldsOf }
}

function readFields(line: string): ReadonlyMap<string, FieldSpec> {
  return new Map(
    line.split(' ').map((entry) => {
      const at = entry.indexOf('=')
      const name = entry.slice(0, at)
      const isRequired = name.endsWith('!')
      return [isRequired ? name.slice(0, -1) : name, { type: entry.slice(at + 1), isRequired }]
    }),
  )
}

/**
 * Finds what the API server would not accept of an object of its own kinds: unknown and missing
 * fields, and values of the wrong type. Other kinds have nothing to be found.
 *
 * What is found holds no values.
 */
export function fieldProblems(object: JsonObject, fields: KubeFields): FieldProblem[] {
  const type = fields.kinds.get(`${textAt(object, 'apiVersion')} ${textAt(object, 'kind')}`)
  if (type === undefined) return []
  const problems: FieldProblem[] = []
  checkObject(object, type, { path: [], fields, problems })
  return problems
}

interface Check {
  path: FieldPath
  fields: KubeFields
  problems: FieldProblem[]
}

function check(value: Json, type: string, at: Check): void {
  // For the API server null is the same as nothing.
  if (value === null || type === '*') return
  const inner = type.slice(1, -1)
  if (type.startsWith('[')) return checkList(value, inner, at)
  if (type.startsWith('{')) return checkMap(value, inner, at)
  const scalar = SCALARS[type]
  if (scalar === undefined) return checkObject(value, type, at)
  if (!scalar.accepts(value)) report(at, `must be ${scalar.name}${whatItIs(value)}`)
}

function checkList(value: Json, type: string, at: Check): void {
  if (!Array.isArray(value)) return report(at, `must be a list${whatItIs(value)}`)
  for (const [key, item] of value.entries()) check(item, type, below(at, key))
}

function checkMap(value: Json, type: string, at: Check): void {
  if (!isJsonObject(value)) return report(at, `must be an object${whatItIs(value)}`)
  for (const [key, item] of Object.entries(value)) check(item, type, below(at, key))
}

function checkObject(value: Json, type: string, at: Check): void {
  if (!isJsonObject(value)) return report(at, `must be an object${whatItIs(value)}`)
  const known = at.fields.fieldsOf(type)
  if (known === undefined) return
  for (const [name, { isRequired }] of known) {
    if (isRequired && (value[name] ?? null) === null) report(below(at, name), 'is required')
  }
  for (const [key, item] of Object.entries(value)) {
    const field = known.get(key)
    if (field === undefined) report(below(at, key), 'is an unknown field')
    else check(item, field.type, below(at, key))
  }
}

function below(at: Check, key: string | number): Check {
  return { ...at, path: [...at.path, key] }
}

function report({ path, problems }: Check, what: string): void {
  problems.push({ path, message: `${fieldText(path) || 'the object'} ${what}` })
}

function whatItIs(value: Json): string {
  if (Array.isArray(value)) return ' and is a list'
  return isJsonObject(value) ? ' and is an object' : ''
}

const SCALARS: Record<string, { name: string; accepts: (value: Json) => boolean }> = {
  s: { name: 'a text', accepts: (value) => typeof value === 'string' },
  b: { name: 'true or false', accepts: (value) => typeof value === 'boolean' },
  i: { name: 'an integer', accepts: (value) => Number.isInteger(value) },
  n: { name: 'a number', accepts: (value) => typeof value === 'number' },
  p: {
    name: 'an integer or a text',
    accepts: (value) => Number.isInteger(value) || typeof value === 'string',
  },
  q: { name: 'a quantity, such as "100m" or "64Mi"', accepts: isQuantity },
  y: { name: 'base64', accepts: (value) => typeof value === 'string' && isBase64(value) },
}

function isQuantity(value: Json): boolean {
  if (typeof value === 'number') return true
  const form = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/
  return typeof value === 'string' && form.test(value)
}

function isBase64(text: string): boolean {
  const plain = text.replaceAll(/[\r\n]/g, '')
  return plain.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(plain)
}
