import { compileRegexp } from '../golang/regexp.ts'
import { GoError } from '../golang/value.ts'
import { draftOfUrl, type Draft } from './schema-drafts.ts'
import { isList, isMap, isNumber, JsonNumber, type SchemaValue } from './schema-json.ts'

/**
 * Whether a schema is right beyond doubt, so that it need not be checked by its metaschema,
 * which would have to be compiled first. Nearly all charts' schemas are; of what this does not
 * know, and of all that is wrong, it says no.
 *
 * @param isRoot whether the schema may name its draft
 */
export function isPlainSchema(schema: SchemaValue, draft: Draft, isRoot = true): boolean {
  if (typeof schema === 'boolean') return draft > 4
  if (!isMap(schema)) return false
  for (const [keyword, value] of schema) {
    const check = isRoot && keyword === '$schema' ? isDraft : CHECKS.get(keyword)
    // What no draft knows may be anything: some charts describe forms so.
    const isRight = check === undefined ? !OTHER_KEYWORDS.has(keyword) : check(value, draft)
    if (!isRight) return false
  }
  return true
}

/** Whether a keyword's value is right, in that draft and all others that know the keyword. */
type Check = (value: SchemaValue, draft: Draft) => boolean

const isSchema: Check = (value, draft) => isPlainSchema(value, draft, false)
const isSchemaOrBool: Check = (value, draft) => typeof value === 'boolean' || isSchema(value, draft)
const isSchemas: Check = (value, draft) =>
  isList(value) && value.length > 0 && value.every((item) => isSchema(item, draft))
const areSchemas: Check = (value, draft) =>
  isMap(value) && [...value.values()].every((item) => isSchema(item, draft))
const isText: Check = (value) => typeof value === 'string'
const isBool: Check = (value) => typeof value === 'boolean'
const isAny: Check = () => true
const isCount: Check = (value) => value instanceof JsonNumber && /^\d{1,15}$/.test(value.text)
const isLimit: Check = (value) => isNumber(value)
const isExclusiveLimit: Check = (value, draft) => draft > 4 && isNumber(value)

const TYPES = new Set(['null', 'boolean', 'number', 'integer', 'string', 'array', 'object'])
const isType: Check = (value, draft) => {
  const types = isList(value) ? value : [value]
  return (
    isUnique(types, draft) && types.every((type) => typeof type === 'string' && TYPES.has(type))
  )
}

/** Whether the list has something, which is text or the like, and none of it twice. */
const isUnique: Check = (value) =>
  isList(value) &&
  value.length > 0 &&
  value.every((item) => item === null || typeof item === 'string' || typeof item === 'boolean') &&
  new Set(value).size === value.length

const isTexts: Check = (value, draft) =>
  isList(value) &&
  ((value.length === 0 && draft > 4) || (isUnique(value, draft) && value.every(isString)))

const isPattern: Check = (value) => typeof value === 'string' && compiles(value)
const isReference: Check = (value) => typeof value === 'string' && /^#(?:\/[\w.$-]+)*$/.test(value)
const isDraft: Check = (value) => typeof value === 'string' && draftOfUrl(value) !== undefined

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
  ['examples', isList],
  ['items', (value, draft) => (isList(value) && draft < 2020 ? isSchemas : isSchema)(value, draft)],
  ['pattern', isPattern],
  [
    'patternProperties',
    (value, draft) => areSchemas(value, draft) && isMap(value) && [...value.keys()].every(compiles),
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

function isString(value: SchemaValue): boolean {
  return typeof value === 'string'
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
