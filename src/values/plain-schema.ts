import { isJsonObject, parseJson, type Json, type JsonObject } from '../base/json.ts'
import { compileRegexp } from '../golang/regexp.ts'
import { GoError } from '../golang/value.ts'
import { draftOfUrl, LATEST, type Draft } from './drafts.ts'

/**
 * A schema that is right beyond doubt, so that it need not be checked by its metaschema, which would
 * have to be compiled first. Nearly all charts' schemas are.
 */
export interface PlainSchema {
  readonly root: Json
  readonly draft: Draft
  /** The schemas that references lead to, by the references' texts. */
  readonly targets: ReadonlyMap<string, Json>
}

/** Reads a schema; undefined where it is wrong, or has anything that this does not know. */
export function readPlainSchema(text: string): PlainSchema | undefined {
  const root = parseJson(text)
  if (root === undefined) return undefined
  const name = isJsonObject(root) ? root['$schema'] : undefined
  const draft = name === undefined ? LATEST : typeof name === 'string' && draftOfUrl(name)
  if (draft === false || draft === undefined) return undefined
  const walk: Walk = { draft, known: new Set(), references: new Set(), depth: 0 }
  if (!isRight(root, walk, true)) return undefined
  const targets = new Map<string, Json>()
  for (const reference of walk.references) {
    const target = atPlace(root, reference.split('/').slice(1))
    if (target === undefined || !isKnown(target, walk)) return undefined
    targets.set(reference, target)
  }
  return { root, draft, targets }
}

/** Whether a schema of that draft is right beyond doubt, whatever its references lead to. */
export function isPlainSchema(schema: Json, draft: Draft): boolean {
  return isRight(schema, { draft, known: new Set(), references: new Set(), depth: 0 }, true)
}

/** What stands where no schema is looked for was not looked at yet; it may refer to more. */
function isKnown(schema: Json, walk: Walk): boolean {
  return (isJsonObject(schema) && walk.known.has(schema)) || isRight(schema, walk)
}

function atPlace(root: Json, steps: readonly string[]): Json | undefined {
  let value: Json | undefined = root
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as JsonObject)[step]
  }
  return value
}

interface Walk {
  readonly draft: Draft
  /** The schemas that were looked at. */
  readonly known: Set<JsonObject>
  readonly references: Set<string>
  depth: number
}

/** Schemas inside a schema; checking more of them by the metaschema is stopped in time. */
const MOST_SCHEMAS = 10_000
const MAX_DEPTH = 200

/** @param isRoot whether the schema may name its draft */
function isRight(schema: Json, walk: Walk, isRoot = false): boolean {
  if (typeof schema === 'boolean') return walk.draft > 4
  if (!isJsonObject(schema)) return false
  walk.known.add(schema)
  if (walk.known.size > MOST_SCHEMAS || ++walk.depth > MAX_DEPTH) return false
  for (const keyword of Object.keys(schema)) {
    const check = isRoot && keyword === '$schema' ? isDraft : CHECKS.get(keyword)
    // What no draft knows may be anything: some charts describe forms so.
    if (check === undefined ? OTHER_KEYWORDS.has(keyword) : !check(schema[keyword] as Json, walk))
      return false
  }
  walk.depth--
  return true
}

/** Whether a keyword's value is right, in that draft and all others that know the keyword. */
type Check = (value: Json, walk: Walk) => boolean

const isSchema: Check = (value, walk) => isRight(value, walk)
const isSchemaOrBool: Check = (value, walk) => typeof value === 'boolean' || isRight(value, walk)
const isSchemas: Check = (value, walk) =>
  Array.isArray(value) && value.length > 0 && value.every((item) => isRight(item, walk))
const areSchemas: Check = (value, walk) =>
  isJsonObject(value) && Object.keys(value).every((name) => isRight(value[name] as Json, walk))
const isText: Check = (value) => typeof value === 'string'
const isBool: Check = (value) => typeof value === 'boolean'
const isAny: Check = () => true
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const isLimit: Check = (value) => typeof value === 'number'
const isExclusiveLimit: Check = (value, { draft }) => draft > 4 && typeof value === 'number'

const TYPES = new Set<Json>(['null', 'boolean', 'number', 'integer', 'string', 'array', 'object'])
const isType: Check = (value, walk) =>
  TYPES.has(value) || (isUnique(value, walk) && (value as Json[]).every((type) => TYPES.has(type)))

/** Whether the list has something, which is text or the like, and none of it twice. */
const isUnique: Check = (value) =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((item) => item === null || typeof item === 'string' || typeof item === 'boolean') &&
  new Set(value).size === value.length

const isTexts: Check = (value, walk) =>
  Array.isArray(value) &&
  ((value.length === 0 && walk.draft > 4) ||
    (isUnique(value, walk) && value.every((item) => typeof item === 'string')))

const isPattern: Check = (value) => typeof value === 'string' && compiles(value)
const isDraft: Check = (value) => typeof value === 'string' && draftOfUrl(value) !== undefined
const isReference: Check = (value, walk) => {
  const isLocal = typeof value === 'string' && /^#(?:\/[\w.$-]+)*$/.test(value)
  if (isLocal) walk.references.add(value)
  return isLocal
}

const CHECKS: ReadonlyMap<string, Check> = new Map([
  ...each(isText, ['$comment', 'contentEncoding', 'contentMediaType', 'description', 'format']),
  ...each(isText, ['title']),
  ...each(isBool, ['deprecated', 'readOnly', 'uniqueItems', 'writeOnly']),
  ...each(isAny, ['const', 'default']),
  ...each(isCount, ['maxItems', 'maxLength', 'maxProperties', 'minItems', 'minLength']),
  ...each(isCount, ['minProperties']),
  ...each(isLimit, ['maximum', 'minimum']),
  ...each(isExclusiveLimit, ['exclusiveMaximum', 'exclusiveMinimum']),
  ...each(isSchema, ['contains', 'else', 'if', 'not', 'propertyNames', 'then']),
  ...each(isSchemaOrBool, ['additionalItems', 'additionalProperties']),
  ...each(isSchemas, ['allOf', 'anyOf', 'oneOf']),
  ...each(areSchemas, ['$defs', 'definitions', 'properties']),
  ['$ref', isReference],
  ['enum', isUnique],
  ['examples', Array.isArray],
  [
    'items',
    (value, walk) =>
      (Array.isArray(value) && walk.draft < 2020 ? isSchemas : isSchema)(value, walk),
  ],
  ['pattern', isPattern],
  [
    'patternProperties',
    (value, walk) =>
      areSchemas(value, walk) && isJsonObject(value) && Object.keys(value).every(compiles),
  ],
  ['required', isTexts],
  ['type', isType],
])

/** The keywords of all drafts that are checked by the metaschema alone. */
const OTHER_KEYWORDS: ReadonlySet<string> = new Set(
  (
    '$anchor $dynamicAnchor $dynamicRef $id $recursiveAnchor $recursiveRef $schema $vocabulary ' +
    'contentSchema dependencies dependentRequired dependentSchemas id maxContains minContains ' +
    'multipleOf prefixItems unevaluatedItems unevaluatedProperties'
  ).split(' '),
)

function each(check: Check, keywords: string[]): [string, Check][] {
  return keywords.map((keyword) => [keyword, check])
}

function compiles(pattern: string): boolean {
  try {
    compileRegexp(pattern)
    return true
  } catch (error) {
    if (error instanceof GoError) return false
    throw error
  }
}
