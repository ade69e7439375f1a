import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { isSameJson } from './json-equal.ts'

/**
 * Lists where a schema takes less than another: what was right by the one may be wrong by the
 * other, or be dropped. Each is a path and what happens there, for people.
 *
 * @param before OpenAPI v3 schemas as CRDs have them
 */
export function narrowingsOf(before: JsonObject, after: JsonObject): string[] {
  const found: string[] = []
  compare({ before, after, path: '' }, (path, what) => {
    found.push(`${path === '' ? 'the object' : path}: ${what}`)
  })
  return found
}

interface Pair {
  before: JsonObject
  after: JsonObject
  path: string
}

type Tell = (path: string, what: string) => void

function compare(pair: Pair, tell: Tell): void {
  if (isSameJson(pair.before, pair.after)) return
  compareTypes(pair, tell)
  compareRequired(pair, tell)
  compareEnum(pair, tell)
  compareBounds(pair, tell)
  compareExact(pair, tell)
  compareProperties(pair, tell)
  compareItems(pair, tell)
}

function compareTypes({ before, after, path }: Pair, tell: Tell): void {
  const [old, next] = [typeOf(before), typeOf(after)]
  const isWider = next === 'any' || (old === 'integer' && next === 'number')
  const isAmongBoth = next === 'int-or-string' && (old === 'integer' || old === 'string')
  if (old !== next && !isWider && !isAmongBoth) tell(path, `type changes from ${old} to ${next}`)
  if (before['nullable'] === true && after['nullable'] !== true) tell(path, 'null is refused')
}

function typeOf(schema: JsonObject): string {
  if (schema['x-kubernetes-int-or-string'] === true) return 'int-or-string'
  return typeof schema['type'] === 'string' ? schema['type'] : 'any'
}

function compareRequired({ before, after, path }: Pair, tell: Tell): void {
  const old = new Set(textsIn(before['required']))
  for (const name of textsIn(after['required'])) {
    // What has a default is filled in before it is missed.
    const property = isJsonObject(after['properties']) ? after['properties'][name] : undefined
    const hasDefault = isJsonObject(property) && property['default'] !== undefined
    if (!old.has(name) && !hasDefault) tell(join(path, name), 'becomes required')
  }
}

function compareEnum({ before, after, path }: Pair, tell: Tell): void {
  const { enum: next } = after
  if (!Array.isArray(next)) return
  const { enum: old } = before
  if (!Array.isArray(old)) return tell(path, 'only some values are left')
  const gone = old.filter((value) => !next.some((each) => isSameJson(each, value)))
  if (gone.length > 0)
    tell(path, `${gone.map((value) => JSON.stringify(value)).join(', ')} is refused`)
}

const LOWEST = ['minimum', 'minLength', 'minItems', 'minProperties']
const HIGHEST = ['maximum', 'maxLength', 'maxItems', 'maxProperties']

function compareBounds({ before, after, path }: Pair, tell: Tell): void {
  const bound = (key: string, isTighter: (next: number, old: number) => boolean): void => {
    const [old, next] = [before[key], after[key]]
    if (typeof next !== 'number') return
    if (typeof old !== 'number' || isTighter(next, old)) tell(path, `${key} becomes ${next}`)
  }
  for (const key of LOWEST) bound(key, (next, old) => next > old)
  for (const key of HIGHEST) bound(key, (next, old) => next < old)
}

/** What must stay as it is, be it ever so slight, since nobody can tell which is narrower. */
const EXACT = [
  'allOf',
  'anyOf',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'format',
  'multipleOf',
  'not',
  'oneOf',
  'pattern',
  'uniqueItems',
]

function compareExact({ before, after, path }: Pair, tell: Tell): void {
  for (const key of EXACT) {
    const next = after[key]
    if (next === undefined || next === false || isSameJson(before[key], next)) continue
    tell(path, before[key] === undefined ? `${key} is added` : `${key} changes`)
  }
}

function compareProperties({ before, after, path }: Pair, tell: Tell): void {
  const [old, next] = [propertiesOf(before), propertiesOf(after)]
  const rest = after['additionalProperties']
  const takesAll = isOpen(after)
  for (const [name, schema] of Object.entries(old)) {
    const other = Object.hasOwn(next, name) ? next[name] : isJsonObject(rest) ? rest : undefined
    if (other !== undefined) compare({ before: schema, after: other, path: join(path, name) }, tell)
    else if (!takesAll) tell(join(path, name), 'goes, and what it holds with it')
  }
  const before_ = before['additionalProperties']
  if (isJsonObject(before_) && isJsonObject(rest)) {
    compare({ before: before_, after: rest, path: `${path}.*` }, tell)
  } else if (isOpen(before) && !takesAll) {
    tell(path, 'fields that the schema does not name go')
  }
}

/** Whether fields are kept that the schema does not name. */
function isOpen(schema: JsonObject): boolean {
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return true
  const rest = schema['additionalProperties']
  return rest === true || isJsonObject(rest)
}

function compareItems({ before, after, path }: Pair, tell: Tell): void {
  const [old, next] = [before['items'], after['items']]
  if (isJsonObject(old) && isJsonObject(next)) {
    compare({ before: old, after: next, path: `${path}[]` }, tell)
  }
}

function propertiesOf(schema: JsonObject): Record<string, JsonObject> {
  const { properties } = schema
  if (!isJsonObject(properties)) return {}
  return Object.fromEntries(
    Object.entries(properties).filter((entry): entry is [string, JsonObject] =>
      isJsonObject(entry[1]),
    ),
  )
}

function textsIn(value: Json | undefined): string[] {
  return Array.isArray(value)
    ? value.filter((each): each is string => typeof each === 'string')
    : []
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}
